// Command merging answers patches as Kubernetes does, with Kubernetes' own code: the strategic merge
// of apimachinery, and the field manager of server-side apply. It reads a JSON request a line and
// writes a JSON answer a line.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
)

type object = map[string]any

type request struct {
	Ask        string // strategic, steps, written, quantity or known
	APIVersion string
	Kind       string
	Original   object
	Patch      object
	Steps      []step
	Quantity   string
}

// A step is one write: apply, or update by whoever is the manager.
type step struct {
	Verb        string
	Manager     string
	Subresource string
	Force       bool
	Object      object
}

type answer struct {
	Error  string   `json:"error,omitempty"`
	Given  any      `json:"given,omitempty"` // the object of an update as the kind's type writes it
	Object any      `json:"object,omitempty"`
	Steps  []answer `json:"steps,omitempty"`
	Text   string   `json:"text,omitempty"`
}

var converter = applyconfigurations.NewTypeConverter(scheme.Scheme)

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		said, _ := json.Marshal(respond(line))
		out.Write(append(said, '\n'))
		out.Flush()
	}
}

func respond(line []byte) (said answer) {
	defer func() {
		if trouble := recover(); trouble != nil {
			said = answer{Error: fmt.Sprint("panic: ", trouble)}
		}
	}()
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Error: err.Error()}
	}
	kind := schema.FromAPIVersionAndKind(asked.APIVersion, asked.Kind)
	switch asked.Ask {
	case "strategic":
		return strategic(kind, line)
	case "steps":
		return answer{Steps: steps(kind, asked.Steps)}
	case "quantity":
		quantity, err := resource.ParseQuantity(asked.Quantity)
		if err != nil {
			return answer{Error: err.Error()}
		}
		return answer{Text: quantity.String()}
	case "written":
		return written(kind, asked.Patch)
	case "known":
		if !scheme.Scheme.Recognizes(kind) {
			return answer{Error: "unknown"}
		}
		return answer{Text: "known"}
	}
	return answer{Error: "what is " + asked.Ask + "?"}
}

// strategic merges as the server does: integers stay integers, and only the merge is done, without
// reading the result into the kind's type.
func strategic(kind schema.GroupVersionKind, line []byte) answer {
	typed, err := scheme.Scheme.New(kind)
	if err != nil {
		return answer{Error: err.Error()}
	}
	lookup, err := strategicpatch.NewPatchMetaFromStruct(typed)
	if err != nil {
		return answer{Error: err.Error()}
	}
	original, patch, err := parts(line)
	if err != nil {
		return answer{Error: err.Error()}
	}
	merged, err := strategicpatch.StrategicMergeMapPatchUsingLookupPatchMeta(original, patch, lookup)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Object: merged}
}

// written is a document as the kind's type writes it.
func written(kind schema.GroupVersionKind, document object) answer {
	typed, err := scheme.Scheme.New(kind)
	if err != nil {
		return answer{Error: err.Error()}
	}
	given := whole(document).(object)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(given, typed); err != nil {
		return answer{Error: err.Error()}
	}
	shown, err := runtime.DefaultUnstructuredConverter.ToUnstructured(typed)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Object: shown}
}

// steps does one write after the other to one object, as the server's handlers do.
func steps(kind schema.GroupVersionKind, asked []step) []answer {
	live, err := scheme.Scheme.New(kind)
	if err != nil {
		return []answer{{Error: err.Error()}}
	}
	live.GetObjectKind().SetGroupVersionKind(kind)
	var said []answer
	for _, each := range asked {
		given, after, err := write(kind, live, each)
		if err != nil {
			said = append(said, answer{Error: err.Error()})
			continue
		}
		live = after
		accessor, _ := meta.Accessor(live)
		accessor.SetUID("made")
		shown, err := runtime.DefaultUnstructuredConverter.ToUnstructured(live)
		if err != nil {
			said = append(said, answer{Error: err.Error()})
			continue
		}
		said = append(said, answer{Given: given, Object: shown})
	}
	return said
}

func write(kind schema.GroupVersionKind, live runtime.Object, asked step) (any, runtime.Object, error) {
	manager, err := managedfields.NewDefaultFieldManager(
		converter, scheme.Scheme, scheme.Scheme, scheme.Scheme,
		kind, kind.GroupVersion(), asked.Subresource, nil,
	)
	if err != nil {
		return nil, nil, err
	}
	given := &unstructured.Unstructured{Object: whole(asked.Object).(object)}
	given.SetGroupVersionKind(kind)
	if asked.Verb == "apply" {
		after, err := manager.Apply(live, given, asked.Manager, asked.Force)
		if err != nil {
			return nil, nil, err
		}
		after.GetObjectKind().SetGroupVersionKind(kind)
		return nil, after, nil
	}
	changed, err := scheme.Scheme.New(kind)
	if err != nil {
		return nil, nil, err
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(given.Object, changed); err != nil {
		return nil, nil, err
	}
	changed.GetObjectKind().SetGroupVersionKind(kind)
	shown, err := runtime.DefaultUnstructuredConverter.ToUnstructured(changed)
	if err != nil {
		return nil, nil, err
	}
	// as the server does: an object that cannot be owned is kept without owners
	after := manager.UpdateNoErrors(live, changed, asked.Manager)
	after.GetObjectKind().SetGroupVersionKind(kind)
	return shown, after, nil
}

// parts reads the two documents of a request with integers as integers.
func parts(line []byte) (object, object, error) {
	var found struct{ Original, Patch object }
	if err := json.Unmarshal(line, &found); err != nil {
		return nil, nil, err
	}
	original, _ := whole(found.Original).(object)
	patch, _ := whole(found.Patch).(object)
	return original, patch, nil
}

// whole makes integers of the numbers that are some: encoding/json reads every number as a float.
func whole(value any) any {
	switch value := value.(type) {
	case float64:
		if value == float64(int64(value)) {
			return int64(value)
		}
	case object:
		for name, inner := range value {
			value[name] = whole(inner)
		}
	case []any:
		for index, inner := range value {
			value[index] = whole(inner)
		}
	}
	return value
}

// Messages prints, as JSON, how Kubernetes' kinds are written in protobuf: the numbers, names and
// types of the fields of every type that the kinds of the scheme are made of. It asks the Go types
// themselves, so that what the table says is what every Go client sends.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

// leaves are types whose JSON is no object of their fields; the decoder knows each by its name.
var leaves = map[reflect.Type]string{
	reflect.TypeFor[meta.Time]():                                  "time",
	reflect.TypeFor[meta.MicroTime]():                             "microtime",
	reflect.TypeFor[resource.Quantity]():                          "quantity",
	reflect.TypeFor[intstr.IntOrString]():                         "intstr",
	reflect.TypeFor[meta.FieldsV1]():                              "raw",
	reflect.TypeFor[runtime.RawExtension]():                       "raw",
	reflect.TypeFor[apiextensions.JSON]():                         "raw",
	reflect.TypeFor[apiextensions.JSONSchemaPropsOrBool]():        "schemaorbool",
	reflect.TypeFor[apiextensions.JSONSchemaPropsOrArray]():       "schemaorarray",
	reflect.TypeFor[apiextensions.JSONSchemaPropsOrStringArray](): "schemaorstrings",
}

type table struct {
	Kinds map[string]string  `json:"kinds"`
	Types map[string][][]any `json:"types"`
}

func main() {
	for _, add := range []func(*runtime.Scheme) error{
		apiextensions.AddToScheme, apiregistration.AddToScheme,
	} {
		if err := add(scheme.Scheme); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	found := table{Kinds: map[string]string{}, Types: map[string][][]any{}}
	for kind, goType := range scheme.Scheme.AllKnownTypes() {
		if kind.Version == runtime.APIVersionInternal || !strings.HasPrefix(kind.Version, "v") {
			continue
		}
		if kind.Group != "" && goType.PkgPath() == reflect.TypeFor[meta.Status]().PkgPath() {
			continue // options and events, which every group has
		}
		if strings.Contains(kind.Version, "alpha") || strings.Contains(kind.Version, "beta") {
			continue
		}
		found.Kinds[kind.GroupVersion().String()+" "+kind.Kind] = found.add(goType)
	}
	found.add(reflect.TypeFor[meta.PartialObjectMetadata]())
	found.add(reflect.TypeFor[meta.PartialObjectMetadataList]())
	found.add(reflect.TypeFor[apiextensions.JSONSchemaProps]())
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		os.Exit(1)
	}
}

// add notes a struct and everything inside it, and returns its name in the table.
func (t *table) add(goType reflect.Type) string {
	parts := strings.Split(goType.PkgPath(), "/")
	name := strings.Join(parts[len(parts)-2:], ".") + "." + goType.Name()
	if _, known := t.Types[name]; known {
		return name
	}
	t.Types[name] = [][]any{}
	fields := [][]any{}
	for i := range goType.NumField() {
		if row := t.field(goType.Field(i)); row != nil {
			fields = append(fields, row)
		}
	}
	t.Types[name] = fields
	return name
}

// field is number, JSON name ("" where JSON has the fields of a struct in the one around it), type,
// and whether a zero value says something ("*": a pointer, "=": JSON shows it always).
func (t *table) field(field reflect.StructField) []any {
	tag := strings.Split(field.Tag.Get("protobuf"), ",")
	if len(tag) < 2 {
		return nil
	}
	number, err := strconv.Atoi(tag[1])
	if err != nil {
		panic(field.Name)
	}
	words := strings.Split(field.Tag.Get("json"), ",")
	name, shown := words[0], "="
	for _, word := range words[1:] {
		if word == "omitempty" || word == "omitzero" {
			shown = ""
		}
	}
	goType := field.Type
	if goType.Kind() == reflect.Pointer {
		goType, shown = goType.Elem(), "*"
	}
	return []any{number, name, t.kind(goType), shown}
}

func (t *table) kind(goType reflect.Type) string {
	if leaf, known := leaves[goType]; known {
		return leaf
	}
	switch goType.Kind() {
	case reflect.Pointer:
		return t.kind(goType.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint32, reflect.Uint64:
		return goType.Kind().String()
	case reflect.Float64:
		return "double"
	case reflect.Map:
		return "{}" + t.kind(goType.Elem())
	case reflect.Slice:
		if goType.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		if _, wrapped := goType.MethodByName("Marshal"); wrapped {
			return "items" // a list that is a message of its own in protobuf
		}
		return "[]" + t.kind(goType.Elem())
	case reflect.Struct:
		return t.add(goType)
	}
	panic(goType.String())
}

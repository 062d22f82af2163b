// Typed drives an API server the way client-go's typed clients do by default: protobuf both ways.
// It takes the server's URL, reads a JSON list of objects from standard input, sends each through
// create, get, list, watch, update, patch and delete, and prints a line for each thing it tried:
// `ok NAME` or `failed NAME: REASON`.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"time"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

const protobuf = "application/vnd.kubernetes.protobuf"

var failed bool

func try(name string, what func() error) {
	if err := what(); err != nil {
		failed = true
		fmt.Printf("failed %s: %v\n", name, err)
		return
	}
	fmt.Printf("ok %s\n", name)
}

func main() {
	_ = apiextensions.AddToScheme(scheme.Scheme)
	_ = apiregistration.AddToScheme(scheme.Scheme)
	config := &rest.Config{Host: os.Args[1], QPS: -1}
	body, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	var given []json.RawMessage
	if err := json.Unmarshal(body, &given); err != nil {
		panic(err)
	}
	groups, err := restmapper.GetAPIGroupResources(discovery.NewDiscoveryClientForConfigOrDie(config))
	if err != nil {
		panic(err)
	}
	mapper := restmapper.NewDiscoveryRESTMapper(groups)
	for _, raw := range given {
		object, kind, err := scheme.Codecs.UniversalDeserializer().Decode(raw, nil, nil)
		if err != nil {
			panic(err)
		}
		try(kind.GroupVersion().String()+" "+kind.Kind, func() error {
			return lifecycle(config, mapper, object, *kind)
		})
	}
	usual(config)
	if failed {
		os.Exit(1)
	}
}

// resource is one resource over protobuf, and nothing but protobuf.
type resource struct {
	client     *rest.RESTClient
	namespace  string
	plural     string
	namespaced bool
}

func (r resource) on(request *rest.Request) *rest.Request {
	return request.NamespaceIfScoped(r.namespace, r.namespaced).Resource(r.plural)
}

func lifecycle(
	config *rest.Config, mapper meta.RESTMapper, object runtime.Object, kind schema.GroupVersionKind,
) error {
	mapping, err := mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return err
	}
	accessor, err := meta.Accessor(object)
	if err != nil {
		return err
	}
	client, err := over(config, kind.GroupVersion())
	if err != nil {
		return err
	}
	namespaced := mapping.Scope.Name() == meta.RESTScopeNameNamespace
	r := resource{client, accessor.GetNamespace(), mapping.Resource.Resource, namespaced}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	options := &metav1.ListOptions{FieldSelector: "metadata.name=" + accessor.GetName()}
	watcher, err := r.on(client.Get()).
		VersionedParams(&metav1.ListOptions{Watch: true, FieldSelector: options.FieldSelector}, scheme.ParameterCodec).
		Watch(ctx)
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	defer watcher.Stop()
	created, got := fresh(object), fresh(object)
	if err := r.on(client.Post()).Body(object).Do(ctx).Into(created); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	if err := r.on(client.Get()).Name(accessor.GetName()).Do(ctx).Into(got); err != nil {
		return fmt.Errorf("get: %w", err)
	}
	if err := asJSON(config, r, kind, accessor.GetName(), got); err != nil {
		return err
	}
	list, err := r.on(client.Get()).VersionedParams(options, scheme.ParameterCodec).Do(ctx).Get()
	if err != nil {
		return fmt.Errorf("list: %w", err)
	}
	if items, err := meta.ExtractList(list); err != nil || len(items) != 1 {
		return fmt.Errorf("list: %d items, %v", len(items), err)
	} else if !equality.Semantic.DeepEqual(items[0], got) {
		return fmt.Errorf("list has another object than get")
	}
	current, _ := meta.Accessor(got)
	current.SetLabels(map[string]string{"changed": "yes"})
	if err := r.on(client.Put()).Name(current.GetName()).Body(got).Do(ctx).Into(created); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	patch := []byte(`{"metadata":{"annotations":{"patched":"yes"}}}`)
	for _, media := range []types.PatchType{types.MergePatchType, types.StrategicMergePatchType} {
		request := r.on(client.Patch(media)).Name(current.GetName()).Body(patch)
		if err := request.Do(ctx).Into(created); err != nil {
			return fmt.Errorf("patch: %w", err)
		}
	}
	zero := int64(0)
	if err := r.on(client.Delete()).Name(current.GetName()).
		Body(&metav1.DeleteOptions{GracePeriodSeconds: &zero}).Do(ctx).Error(); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return seen(watcher)
}

func fresh(object runtime.Object) runtime.Object {
	return reflect.New(reflect.TypeOf(object).Elem()).Interface().(runtime.Object)
}

func over(config *rest.Config, version schema.GroupVersion) (*rest.RESTClient, error) {
	own := rest.CopyConfig(config)
	own.GroupVersion = &version
	own.APIPath = "/apis"
	if version.Group == "" {
		own.APIPath = "/api"
	}
	own.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	own.ContentType, own.AcceptContentTypes = protobuf, protobuf
	return rest.RESTClientFor(own)
}

// asJSON holds what protobuf said of an object against what JSON says of it.
func asJSON(
	config *rest.Config, r resource, kind schema.GroupVersionKind, name string, said runtime.Object,
) error {
	raw, err := r.on(r.client.Get()).Name(name).SetHeader("Accept", "application/json").DoRaw(context.Background())
	if err != nil {
		return fmt.Errorf("get as JSON: %w", err)
	}
	object, _, err := scheme.Codecs.UniversalDeserializer().Decode(raw, &kind, nil)
	if err != nil {
		return fmt.Errorf("get as JSON: %w", err)
	}
	one, _ := json.Marshal(object)
	other := fresh(object)
	protobufSaid, _ := json.Marshal(said)
	if err := json.Unmarshal(protobufSaid, other); err != nil {
		return err
	}
	other.GetObjectKind().SetGroupVersionKind(kind)
	two, _ := json.Marshal(other)
	if string(one) != string(two) {
		return fmt.Errorf("JSON says %s, protobuf %s", one, two)
	}
	return nil
}

// seen waits until a watcher was told that an object came, changed and went.
func seen(watcher watch.Interface) error {
	kinds := map[watch.EventType]int{}
	for event := range watcher.ResultChan() {
		if event.Type == watch.Error {
			return fmt.Errorf("watch: %v", event.Object)
		}
		kinds[event.Type]++
		if event.Type == watch.Deleted {
			break
		}
	}
	if kinds[watch.Added] != 1 || kinds[watch.Modified] == 0 || kinds[watch.Deleted] != 1 {
		return fmt.Errorf("watch saw %v", kinds)
	}
	return nil
}

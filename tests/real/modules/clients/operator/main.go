// Operator is a small controller as controller-runtime's users write it: a custom resource with a
// status, a finalizer, owned objects, server-side apply, leader election, an index, events and a
// metadata-only watch. It takes a kubeconfig, makes one Website, waits until its own controller has
// done all of that, deletes it and waits until it is gone. Any failure is its exit status.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

const (
	space     = "default"
	finalizer = "websites.example.com/cleanup"
)

var version = schema.GroupVersion{Group: "example.com", Version: "v1"}

type Website struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              struct {
		Text string `json:"text"`
	} `json:"spec,omitempty"`
	Status struct {
		Conditions []metav1.Condition `json:"conditions,omitempty"`
		Replicas   int32              `json:"replicas"`
	} `json:"status,omitempty"`
}

type WebsiteList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Website `json:"items"`
}

func (w *Website) DeepCopyObject() runtime.Object {
	copied := *w
	copied.ObjectMeta = *w.ObjectMeta.DeepCopy()
	copied.Status.Conditions = append([]metav1.Condition(nil), w.Status.Conditions...)
	return &copied
}

func (l *WebsiteList) DeepCopyObject() runtime.Object {
	copied := *l
	copied.Items = make([]Website, len(l.Items))
	for i := range l.Items {
		copied.Items[i] = *l.Items[i].DeepCopyObject().(*Website)
	}
	return &copied
}

func main() {
	ctrl.SetLogger(zap.New(zap.UseDevMode(true)))
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "failed:", err)
		os.Exit(1)
	}
	fmt.Println("ok")
}

func run() error {
	metav1.AddToGroupVersion(scheme.Scheme, version)
	scheme.Scheme.AddKnownTypes(version, &Website{}, &WebsiteList{})
	if err := apiextensions.AddToScheme(scheme.Scheme); err != nil {
		return err
	}
	config := &rest.Config{Host: os.Args[1]}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := define(ctx, config); err != nil {
		return fmt.Errorf("definition: %w", err)
	}
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme: scheme.Scheme, LeaderElection: true, LeaderElectionID: "websites", LeaderElectionNamespace: space,
		LeaderElectionReleaseOnCancel: true, Metrics: server.Options{BindAddress: "0"},
	})
	if err != nil {
		return err
	}
	if err := set(ctx, manager); err != nil {
		return err
	}
	ended := make(chan error, 1)
	stopping, stop := context.WithCancel(ctx)
	go func() { ended <- manager.Start(stopping) }()
	if err := live(ctx, manager.GetClient()); err != nil {
		stop()
		return err
	}
	stop()
	return <-ended
}

// define makes the definition that controller-gen would write, and waits until it is served.
func define(ctx context.Context, config *rest.Config) error {
	direct, err := client.New(config, client.Options{Scheme: scheme.Scheme})
	if err != nil {
		return err
	}
	text := apiextensions.JSONSchemaProps{Type: "string", MinLength: ptr(int64(1))}
	condition := apiextensions.JSONSchemaProps{Type: "object", XPreserveUnknownFields: ptr(true)}
	schema := apiextensions.JSONSchemaProps{Type: "object", Properties: map[string]apiextensions.JSONSchemaProps{
		"apiVersion": {Type: "string"}, "kind": {Type: "string"}, "metadata": {Type: "object"},
		"spec": {Type: "object", Required: []string{"text"}, Properties: map[string]apiextensions.JSONSchemaProps{"text": text}},
		"status": {Type: "object", Properties: map[string]apiextensions.JSONSchemaProps{
			"replicas": {Type: "integer", Format: "int32"},
			"conditions": {Type: "array", XListType: ptr("map"), XListMapKeys: []string{"type"},
				Items: &apiextensions.JSONSchemaPropsOrArray{Schema: &condition}},
		}},
	}}
	definition := &apiextensions.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: "websites.example.com"},
		Spec: apiextensions.CustomResourceDefinitionSpec{
			Group: version.Group, Scope: apiextensions.NamespaceScoped,
			Names: apiextensions.CustomResourceDefinitionNames{Plural: "websites", Singular: "website", Kind: "Website", ListKind: "WebsiteList"},
			Versions: []apiextensions.CustomResourceDefinitionVersion{{
				Name: version.Version, Served: true, Storage: true,
				Schema:       &apiextensions.CustomResourceValidation{OpenAPIV3Schema: &schema},
				Subresources: &apiextensions.CustomResourceSubresources{Status: &apiextensions.CustomResourceSubresourceStatus{}},
			}},
		},
	}
	if err := direct.Create(ctx, definition); err != nil {
		return err
	}
	return eventually(ctx, "established", func() bool {
		if err := direct.Get(ctx, client.ObjectKeyFromObject(definition), definition); err != nil {
			return false
		}
		for _, condition := range definition.Status.Conditions {
			if condition.Type == apiextensions.Established && condition.Status == apiextensions.ConditionTrue {
				return true
			}
		}
		return false
	})
}

func set(ctx context.Context, manager ctrl.Manager) error {
	byText := func(object client.Object) []string { return []string{object.(*Website).Spec.Text} }
	if err := manager.GetFieldIndexer().IndexField(ctx, &Website{}, "spec.text", byText); err != nil {
		return err
	}
	secrets := &metav1.PartialObjectMetadata{}
	secrets.SetGroupVersionKind(core.SchemeGroupVersion.WithKind("Secret"))
	toSites := handler.EnqueueRequestsFromMapFunc(func(context.Context, client.Object) []reconcile.Request { return nil })
	return ctrl.NewControllerManagedBy(manager).For(&Website{}).Owns(&apps.Deployment{}).
		WatchesMetadata(secrets, toSites).
		Complete(&reconciler{manager.GetClient(), manager.GetEventRecorder("websites")})
}

// live makes a Website and sees it through its life.
func live(ctx context.Context, cached client.Client) error {
	site := &Website{ObjectMeta: metav1.ObjectMeta{Name: "site", Namespace: space}}
	site.Spec.Text = "hello"
	if err := cached.Create(ctx, site); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	key := client.ObjectKeyFromObject(site)
	if err := eventually(ctx, "ready", func() bool {
		found := &Website{}
		return cached.Get(ctx, key, found) == nil && meta.IsStatusConditionTrue(found.Status.Conditions, "Ready") &&
			controllerutil.ContainsFinalizer(found, finalizer)
	}); err != nil {
		return err
	}
	owned := &apps.Deployment{}
	if err := cached.Get(ctx, key, owned); err != nil || len(owned.OwnerReferences) != 1 {
		return fmt.Errorf("owned deployment: %v, %v", owned.OwnerReferences, err)
	}
	found := &WebsiteList{}
	if err := cached.List(ctx, found, client.MatchingFields{"spec.text": "hello"}); err != nil || len(found.Items) != 1 {
		return fmt.Errorf("by index: %d, %v", len(found.Items), err)
	}
	invalid := site.DeepCopyObject().(*Website)
	invalid.Name, invalid.ResourceVersion, invalid.Spec.Text = "empty", "", ""
	if err := cached.Create(ctx, invalid); !apierrors.IsInvalid(err) {
		return fmt.Errorf("an empty text is not refused: %v", err)
	}
	if err := eventually(ctx, "an event", func() bool {
		told := &core.EventList{}
		return cached.List(ctx, told, client.InNamespace(space)) == nil && len(told.Items) > 0
	}); err != nil {
		return err
	}
	if err := cached.Delete(ctx, site); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return eventually(ctx, "gone", func() bool {
		return apierrors.IsNotFound(cached.Get(ctx, key, &Website{})) && apierrors.IsNotFound(cached.Get(ctx, key, &apps.Deployment{}))
	})
}

func eventually(ctx context.Context, what string, done func() bool) error {
	for !done() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

func ptr[T any](value T) *T { return &value }

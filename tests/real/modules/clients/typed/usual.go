package main

import (
	"context"
	"fmt"
	"time"

	apps "k8s.io/api/apps/v1"
	authorization "k8s.io/api/authorization/v1"
	autoscaling "k8s.io/api/autoscaling/v1"
	core "k8s.io/api/core/v1"
	policy "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	applycore "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/pager"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/retry"
)

const space = "default"

// usual is what programs do with client-go every day, with clients as they come.
func usual(config *rest.Config) {
	client := kubernetes.NewForConfigOrDie(config)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	try("informer", func() error { return informer(ctx, client) })
	try("metadata informer", func() error { return partial(ctx, config) })
	try("leader election", func() error { return lead(ctx, client) })
	try("events of both APIs", func() error { return tell(ctx, client) })
	try("scale", func() error { return scale(ctx, client) })
	try("pager", func() error { return pages(ctx, client) })
	try("apply", func() error { return applied(ctx, client) })
	try("binding and eviction", func() error { return bound(ctx, client) })
	try("reviews", func() error { return reviewed(ctx, client) })
	try("conflicts are retried", func() error { return conflicts(ctx, client) })
	try("logs and exec are refused in words", func() error { return refused(ctx, client) })
}

func deployment(name string) *apps.Deployment {
	labels := map[string]string{"app": name}
	one := int32(1)
	return &apps.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: space},
		Spec: apps.DeploymentSpec{
			Replicas: &one,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: core.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       core.PodSpec{Containers: []core.Container{{Name: "c", Image: "i:1"}}},
			},
		},
	}
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

func informer(ctx context.Context, client kubernetes.Interface) error {
	factory := informers.NewSharedInformerFactory(client, 0)
	lister := factory.Apps().V1().Deployments().Lister()
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("%v did not sync", kind)
		}
	}
	deployments := client.AppsV1().Deployments(space)
	if _, err := deployments.Create(ctx, deployment("informed"), metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := eventually(ctx, "the informer sees it", func() bool {
		_, err := lister.Deployments(space).Get("informed")
		return err == nil
	}); err != nil {
		return err
	}
	if err := deployments.Delete(ctx, "informed", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return eventually(ctx, "the informer sees it go", func() bool {
		_, err := lister.Deployments(space).Get("informed")
		return apierrors.IsNotFound(err)
	})
}

func partial(ctx context.Context, config *rest.Config) error {
	client := metadata.NewForConfigOrDie(config)
	maps := schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	found, err := client.Resource(maps).Namespace(space).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	watcher, err := client.Resource(maps).Namespace(space).Watch(ctx, metav1.ListOptions{ResourceVersion: found.ResourceVersion})
	if err != nil {
		return err
	}
	defer watcher.Stop()
	made := &core.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "partial"}, Data: map[string]string{"a": "b"}}
	if _, err := kubernetes.NewForConfigOrDie(config).CoreV1().ConfigMaps(space).Create(ctx, made, metav1.CreateOptions{}); err != nil {
		return err
	}
	event := <-watcher.ResultChan()
	if seen, ok := event.Object.(*metav1.PartialObjectMetadata); !ok || seen.Name != "partial" {
		return fmt.Errorf("saw %T", event.Object)
	}
	return nil
}

func lead(ctx context.Context, client kubernetes.Interface) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lock, err := resourcelock.New(resourcelock.LeasesResourceLock, space, "leader", client.CoreV1(),
		client.CoordinationV1(), resourcelock.ResourceLockConfig{Identity: "me"})
	if err != nil {
		return err
	}
	led := make(chan struct{})
	go leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
		Lock: lock, LeaseDuration: 3 * time.Second, RenewDeadline: 2 * time.Second,
		RetryPeriod: 200 * time.Millisecond, ReleaseOnCancel: true,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { close(led) },
			OnStoppedLeading: func() {},
		},
	})
	select {
	case <-led:
	case <-time.After(10 * time.Second):
		return fmt.Errorf("nobody leads")
	}
	first, err := client.CoordinationV1().Leases(space).Get(ctx, "leader", metav1.GetOptions{})
	if err != nil {
		return err
	}
	return eventually(ctx, "the lease is renewed", func() bool {
		now, err := client.CoordinationV1().Leases(space).Get(ctx, "leader", metav1.GetOptions{})
		return err == nil && now.Spec.RenewTime.After(first.Spec.RenewTime.Time)
	})
}

func tell(ctx context.Context, client kubernetes.Interface) error {
	about := &core.ObjectReference{Kind: "Pod", Namespace: space, Name: "told", UID: "1", APIVersion: "v1"}
	old := record.NewBroadcaster(record.WithContext(ctx))
	defer old.Shutdown()
	_ = old.StartRecordingToSink(&coreSink{client})
	old.NewRecorder(scheme.Scheme, core.EventSource{Component: "old"}).Event(about, core.EventTypeNormal, "Old", "said")
	newer := events.NewEventBroadcasterAdapterWithContext(ctx, client)
	defer newer.Shutdown()
	newer.StartRecordingToSink(ctx.Done())
	newer.NewRecorder("new").Eventf(about, nil, core.EventTypeNormal, "New", "Acting", "said")
	return eventually(ctx, "both events in both APIs", func() bool {
		one, err := client.CoreV1().Events(space).List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=told"})
		two, other := client.EventsV1().Events(space).List(ctx, metav1.ListOptions{FieldSelector: "regarding.name=told"})
		if err != nil || other != nil || len(one.Items) != 2 || len(two.Items) != 2 {
			return false
		}
		return one.Items[0].Message == "said" && two.Items[0].Note == "said" && one.Items[1].Message == "said"
	})
}

type coreSink struct{ client kubernetes.Interface }

func (s *coreSink) Create(event *core.Event) (*core.Event, error) {
	return s.client.CoreV1().Events(event.Namespace).Create(context.Background(), event, metav1.CreateOptions{})
}

func (s *coreSink) Update(event *core.Event) (*core.Event, error) {
	return s.client.CoreV1().Events(event.Namespace).Update(context.Background(), event, metav1.UpdateOptions{})
}

func (s *coreSink) Patch(event *core.Event, data []byte) (*core.Event, error) {
	return s.client.CoreV1().Events(event.Namespace).Patch(context.Background(), event.Name, types.StrategicMergePatchType, data, metav1.PatchOptions{})
}

func scale(ctx context.Context, client kubernetes.Interface) error {
	deployments := client.AppsV1().Deployments(space)
	if _, err := deployments.Create(ctx, deployment("scaled"), metav1.CreateOptions{}); err != nil {
		return err
	}
	found, err := deployments.GetScale(ctx, "scaled", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if found.Status.Selector != "app=scaled" {
		return fmt.Errorf("selector %q", found.Status.Selector)
	}
	wanted := &autoscaling.Scale{ObjectMeta: found.ObjectMeta, Spec: autoscaling.ScaleSpec{Replicas: 5}}
	if found, err = deployments.UpdateScale(ctx, "scaled", wanted, metav1.UpdateOptions{}); err != nil {
		return err
	}
	if found.Spec.Replicas != 5 {
		return fmt.Errorf("%d replicas", found.Spec.Replicas)
	}
	return nil
}

func pages(ctx context.Context, client kubernetes.Interface) error {
	maps := client.CoreV1().ConfigMaps(space)
	for i := range 25 {
		made := &core.ConfigMap{ObjectMeta: metav1.ObjectMeta{GenerateName: fmt.Sprintf("page-%d-", i), Labels: map[string]string{"paged": "yes"}}}
		if _, err := maps.Create(ctx, made, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	lister := pager.New(pager.SimplePageFunc(func(options metav1.ListOptions) (runtime.Object, error) {
		return maps.List(ctx, options)
	}))
	lister.PageSize = 10
	found := 0
	err := lister.EachListItem(ctx, metav1.ListOptions{LabelSelector: "paged=yes"}, func(runtime.Object) error {
		found++
		return nil
	})
	if err != nil || found != 25 {
		return fmt.Errorf("%d found, %v", found, err)
	}
	return maps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "paged=yes"})
}

func applied(ctx context.Context, client kubernetes.Interface) error {
	maps := client.CoreV1().ConfigMaps(space)
	wanted := applycore.ConfigMap("applied", space).WithData(map[string]string{"a": "1"})
	if _, err := maps.Apply(ctx, wanted, metav1.ApplyOptions{FieldManager: "one"}); err != nil {
		return err
	}
	other := applycore.ConfigMap("applied", space).WithData(map[string]string{"a": "2"})
	if _, err := maps.Apply(ctx, other, metav1.ApplyOptions{FieldManager: "two"}); !apierrors.IsConflict(err) {
		return fmt.Errorf("no conflict but %v", err)
	}
	found, err := maps.Apply(ctx, other, metav1.ApplyOptions{FieldManager: "two", Force: true})
	if err != nil {
		return err
	}
	extracted, err := applycore.ExtractConfigMap(found, "two")
	if err != nil || extracted.Data["a"] != "2" {
		return fmt.Errorf("extracted %v, %v", extracted, err)
	}
	return nil
}

func bound(ctx context.Context, client kubernetes.Interface) error {
	pods := client.CoreV1().Pods(space)
	made := &core.Pod{ObjectMeta: metav1.ObjectMeta{Name: "bound"}, Spec: deployment("x").Spec.Template.Spec}
	if _, err := pods.Create(ctx, made, metav1.CreateOptions{}); err != nil {
		return err
	}
	binding := &core.Binding{ObjectMeta: metav1.ObjectMeta{Name: "bound"}, Target: core.ObjectReference{Kind: "Node", Name: "n"}}
	if err := pods.Bind(ctx, binding, metav1.CreateOptions{}); err != nil {
		return err
	}
	found, err := pods.Get(ctx, "bound", metav1.GetOptions{})
	if err != nil || found.Spec.NodeName != "n" {
		return fmt.Errorf("on node %q, %v", found.Spec.NodeName, err)
	}
	return pods.EvictV1(ctx, &policy.Eviction{ObjectMeta: metav1.ObjectMeta{Name: "bound"}})
}

func reviewed(ctx context.Context, client kubernetes.Interface) error {
	asked := &authorization.SelfSubjectAccessReview{Spec: authorization.SelfSubjectAccessReviewSpec{
		ResourceAttributes: &authorization.ResourceAttributes{Verb: "get", Resource: "pods"}}}
	answer, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, asked, metav1.CreateOptions{})
	if err != nil || !answer.Status.Allowed {
		return fmt.Errorf("not allowed, %v", err)
	}
	return nil
}

func conflicts(ctx context.Context, client kubernetes.Interface) error {
	deployments := client.AppsV1().Deployments(space)
	made, err := deployments.Create(ctx, deployment("contended"), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	made.Labels = map[string]string{"a": "b"}
	if _, err := deployments.Update(ctx, made, metav1.UpdateOptions{}); err != nil {
		return err
	}
	if _, err := deployments.Update(ctx, made, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
		return fmt.Errorf("no conflict but %v", err)
	}
	return retry.RetryOnConflict(retry.DefaultRetry, func() error {
		now, err := deployments.Get(ctx, "contended", metav1.GetOptions{})
		if err != nil {
			return err
		}
		now.Status.ObservedGeneration = now.Generation
		_, err = deployments.UpdateStatus(ctx, now, metav1.UpdateOptions{})
		return err
	})
}

func refused(ctx context.Context, client kubernetes.Interface) error {
	pods := client.CoreV1().Pods(space)
	made := &core.Pod{ObjectMeta: metav1.ObjectMeta{Name: "quiet"}, Spec: deployment("x").Spec.Template.Spec}
	if _, err := pods.Create(ctx, made, metav1.CreateOptions{}); err != nil {
		return err
	}
	said, err := pods.GetLogs("quiet", &core.PodLogOptions{}).DoRaw(ctx)
	if err != nil || len(said) != 0 {
		return fmt.Errorf("logs of a pod without a node: %q, %v", said, err)
	}
	err = client.CoreV1().RESTClient().Post().Namespace(space).Resource("pods").Name("quiet").
		SubResource("exec").Param("command", "ls").Do(ctx).Error()
	if !apierrors.IsBadRequest(err) {
		return fmt.Errorf("exec: %v", err)
	}
	return nil
}

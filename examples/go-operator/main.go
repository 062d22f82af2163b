// A small operator as controller-runtime's users write it: of every Website it makes a ConfigMap, and
// says in its status when that is done. With a flag it has a defect that operators have had.
package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"flag"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

var (
	metrics   = flag.String("metrics", "127.0.0.1:8080", "address of the metrics page")
	health    = flag.String("health", "127.0.0.1:8081", "address of /readyz")
	pprof     = flag.String("pprof", "", "address of /debug/pprof")
	extraCall = flag.Bool("extra-call", false, "defect: ask the API server for the namespace each time")
	makeKey   = flag.Bool("make-key", false, "defect: make an RSA key each time")
	requeue   = flag.Bool("requeue", false, "defect: come back to every Website every 100 ms")
	missCache = flag.Bool("miss-cache", false, "defect: list all ConfigMaps, past the cache, each time")
	expire    = flag.Bool("expire-watch", false, "defect: a watch that ends every 2 s")
)

type reconciler struct {
	client.Client
	uncached client.Reader
	scheme   *runtime.Scheme
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	site := &Website{}
	if err := r.Get(ctx, request.NamespacedName, site); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if err := r.defects(ctx, site); err != nil {
		return ctrl.Result{}, err
	}
	page := &core.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: site.Name, Namespace: site.Namespace}}
	if _, err := controllerutil.CreateOrUpdate(ctx, r.Client, page, func() error {
		page.Data = map[string]string{"text": site.Spec.Text}
		return controllerutil.SetControllerReference(site, page, r.scheme)
	}); err != nil {
		return ctrl.Result{}, err
	}
	before := site.DeepCopyObject().(*Website)
	changed := meta.SetStatusCondition(&site.Status.Conditions, metav1.Condition{
		Type: "Ready", Status: metav1.ConditionTrue, Reason: "Done", ObservedGeneration: site.Generation,
	})
	result := ctrl.Result{}
	if *requeue {
		result.RequeueAfter = 100 * time.Millisecond
	}
	if !changed {
		return result, nil
	}
	return result, r.Status().Patch(ctx, site, client.MergeFrom(before))
}

func (r *reconciler) defects(ctx context.Context, site *Website) error {
	if *makeKey {
		if _, err := rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return err
		}
	}
	if *extraCall {
		if err := r.uncached.Get(ctx, client.ObjectKey{Name: site.Namespace}, &core.Namespace{}); err != nil {
			return err
		}
	}
	if *missCache {
		return r.uncached.List(ctx, &core.ConfigMapList{}, client.InNamespace(site.Namespace))
	}
	return nil
}

// expireWatches opens a watch again and again that the server ends soon.
func expireWatches(ctx context.Context, watching client.WithWatch) error {
	seconds := int64(2)
	for ctx.Err() == nil {
		opened, err := watching.Watch(ctx, &core.ServiceList{}, &client.ListOptions{Raw: &metav1.ListOptions{TimeoutSeconds: &seconds}})
		if err != nil {
			return err
		}
		for range opened.ResultChan() {
		}
	}
	return nil
}

func main() {
	flag.Parse()
	ctrl.SetLogger(zap.New())
	if err := run(); err != nil {
		ctrl.Log.Error(err, "the operator has failed")
		os.Exit(1)
	}
}

func run() error {
	config, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	config.QPS = -1 // the server's priority and fairness limits, not the client
	made, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                 newScheme(),
		Metrics:                server.Options{BindAddress: *metrics},
		HealthProbeBindAddress: *health,
		PprofBindAddress:       *pprof,
	})
	if err != nil {
		return err
	}
	var synced atomic.Bool
	ready := func(*http.Request) error { return notYet(&synced) }
	if err := made.AddReadyzCheck("synced", healthz.Checker(ready)); err != nil {
		return err
	}
	if err := made.Add(manager.RunnableFunc(func(ctx context.Context) error {
		synced.Store(made.GetCache().WaitForCacheSync(ctx))
		return nil
	})); err != nil {
		return err
	}
	if *expire {
		watching, err := client.NewWithWatch(config, client.Options{Scheme: made.GetScheme()})
		if err != nil {
			return err
		}
		if err := made.Add(manager.RunnableFunc(func(ctx context.Context) error { return expireWatches(ctx, watching) })); err != nil {
			return err
		}
	}
	if err := ctrl.NewControllerManagedBy(made).For(&Website{}).Owns(&core.ConfigMap{}).
		Complete(&reconciler{made.GetClient(), made.GetAPIReader(), made.GetScheme()}); err != nil {
		return err
	}
	return made.Start(ctrl.SetupSignalHandler())
}

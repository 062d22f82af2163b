package main

import (
	"context"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	applycore "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
)

type reconciler struct {
	client.Client
	events events.EventRecorder
}

// Reconcile does to a Website what controllers do, each write in another of their ways.
func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	site := &Website{}
	if err := r.Get(ctx, request.NamespacedName, site); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !site.DeletionTimestamp.IsZero() {
		controllerutil.RemoveFinalizer(site, finalizer)
		return ctrl.Result{}, client.IgnoreNotFound(r.Update(ctx, site))
	}
	if controllerutil.AddFinalizer(site, finalizer) {
		return ctrl.Result{}, r.Update(ctx, site)
	}
	labels := map[string]string{"site": site.Name}
	owned := &apps.Deployment{ObjectMeta: metav1.ObjectMeta{Name: site.Name, Namespace: site.Namespace}}
	result, err := controllerutil.CreateOrUpdate(ctx, r.Client, owned, func() error {
		owned.Spec.Selector = &metav1.LabelSelector{MatchLabels: labels}
		owned.Spec.Template.Labels = labels
		owned.Spec.Template.Spec.Containers = []core.Container{{Name: "c", Image: "i:1"}}
		return controllerutil.SetControllerReference(site, owned, r.Scheme())
	})
	if err != nil {
		return ctrl.Result{}, err
	}
	if result == controllerutil.OperationResultCreated {
		r.events.Eventf(site, owned, core.EventTypeNormal, "Created", "Creating", "made %s", owned.Name)
	}
	wanted := applycore.ConfigMap(site.Name, site.Namespace).WithData(map[string]string{"text": site.Spec.Text})
	if err := r.Apply(ctx, wanted, client.FieldOwner("websites"), client.ForceOwnership); err != nil {
		return ctrl.Result{}, err
	}
	before := site.DeepCopyObject().(*Website)
	meta.SetStatusCondition(&site.Status.Conditions, metav1.Condition{
		Type: "Ready", Status: metav1.ConditionTrue, Reason: "Done", ObservedGeneration: site.Generation,
	})
	return ctrl.Result{}, r.Status().Patch(ctx, site, client.MergeFrom(before))
}

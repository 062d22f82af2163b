package main

import (
	"errors"
	"sync/atomic"

	core "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
)

var version = schema.GroupVersion{Group: "example.com", Version: "v1"}

// Website is what a user asks for.
type Website struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              struct {
		Text string `json:"text"`
	} `json:"spec,omitempty"`
	Status struct {
		Conditions []metav1.Condition `json:"conditions,omitempty"`
	} `json:"status,omitempty"`
}

// WebsiteList is what a list of them is answered with.
type WebsiteList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Website `json:"items"`
}

// DeepCopyObject is what controller-gen would write.
func (w *Website) DeepCopyObject() runtime.Object {
	copied := *w
	copied.ObjectMeta = *w.ObjectMeta.DeepCopy()
	copied.Status.Conditions = append([]metav1.Condition(nil), w.Status.Conditions...)
	return &copied
}

// DeepCopyObject is what controller-gen would write.
func (l *WebsiteList) DeepCopyObject() runtime.Object {
	copied := *l
	copied.Items = make([]Website, len(l.Items))
	for i := range l.Items {
		copied.Items[i] = *l.Items[i].DeepCopyObject().(*Website)
	}
	return &copied
}

func newScheme() *runtime.Scheme {
	made := runtime.NewScheme()
	utilruntime.Must(core.AddToScheme(made))
	metav1.AddToGroupVersion(made, version)
	made.AddKnownTypes(version, &Website{}, &WebsiteList{})
	return made
}

func notYet(synced *atomic.Bool) error {
	if synced.Load() {
		return nil
	}
	return errors.New("the caches are not filled yet")
}

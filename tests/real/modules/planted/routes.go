package main

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
)

// Object has as much of an Ingress, a Service and an EndpointSlice as routes need.
type Object struct {
	Metadata struct {
		Name        string            `json:"name"`
		Namespace   string            `json:"namespace"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Spec struct {
		IngressClassName string `json:"ingressClassName"`
		Rules            []Rule `json:"rules"`
	} `json:"spec"`
	Ports []struct {
		Port int `json:"port"`
	} `json:"ports"`
	Endpoints []struct {
		Addresses []string `json:"addresses"`
	} `json:"endpoints"`
}

// Rule is one host of an Ingress.
type Rule struct {
	Host string `json:"host"`
	HTTP struct {
		Paths []struct {
			Path    string `json:"path"`
			Backend struct {
				Service struct {
					Name string `json:"name"`
				} `json:"service"`
			} `json:"backend"`
		} `json:"paths"`
	} `json:"http"`
}

type route struct{ prefix, address string }

// Routes turns objects into a table by host, which requests read without a lock.
type Routes struct {
	class   string
	flaws   Flaws
	lock    sync.Mutex
	objects map[string]map[string]Object // kind, namespace/name
	synced  map[string]bool
	table   atomic.Pointer[map[string][]route]
	reloads atomic.Int64
}

// NewRoutes makes an empty table for the Ingresses of a class.
func NewRoutes(class string, flaws Flaws) *Routes {
	routes := &Routes{class: class, flaws: flaws, objects: map[string]map[string]Object{}, synced: map[string]bool{}}
	routes.table.Store(&map[string][]route{})
	return routes
}

// Synced says whether every resource was listed.
func (r *Routes) Synced() bool {
	r.lock.Lock()
	defer r.lock.Unlock()
	return len(r.synced) == len(Watched)
}

// Replace takes over the whole list of a kind.
func (r *Routes) Replace(kind string, items []Object) {
	all := map[string]Object{}
	for _, item := range items {
		all[key(item)] = item
	}
	r.change(func() { r.objects[kind] = all; r.synced[kind] = true })
}

// Put takes over one object.
func (r *Routes) Put(kind string, item Object) {
	r.change(func() { r.objects[kind][key(item)] = item })
}

// Delete forgets one object.
func (r *Routes) Delete(kind string, item Object) {
	r.change(func() { delete(r.objects[kind], key(item)) })
}

// Find gives the address of the backend that a request is for.
func (r *Routes) Find(host, path string) (string, bool) {
	for _, each := range (*r.table.Load())[host] {
		if strings.HasPrefix(path, each.prefix) {
			return each.address, true
		}
	}
	return "", false
}

func (r *Routes) change(do func()) {
	r.lock.Lock()
	defer r.lock.Unlock()
	do()
	table := r.build()
	r.table.Store(&table)
	r.flaws.OnChange(r.reloads.Add(1))
}

func (r *Routes) build() map[string][]route {
	addresses := map[string]string{}
	for _, slice := range r.objects["EndpointSlice"] {
		name := slice.Metadata.Labels["kubernetes.io/service-name"]
		if len(slice.Endpoints) > 0 && len(slice.Endpoints[0].Addresses) > 0 && len(slice.Ports) > 0 {
			addresses[slice.Metadata.Namespace+"/"+name] = fmt.Sprintf("%s:%d", slice.Endpoints[0].Addresses[0], slice.Ports[0].Port)
		}
	}
	table := map[string][]route{}
	for _, ingress := range r.objects["Ingress"] {
		if !r.mine(ingress) {
			continue
		}
		for _, rule := range ingress.Spec.Rules {
			for _, path := range rule.HTTP.Paths {
				address, known := addresses[ingress.Metadata.Namespace+"/"+path.Backend.Service.Name]
				if known {
					table[rule.Host] = append(table[rule.Host], route{prefix: path.Path, address: address})
				}
			}
		}
	}
	for _, all := range table {
		sort.Slice(all, func(i, j int) bool { return len(all[i].prefix) > len(all[j].prefix) })
	}
	return table
}

func (r *Routes) mine(ingress Object) bool {
	return ingress.Spec.IngressClassName == r.class || ingress.Metadata.Annotations["kubernetes.io/ingress.class"] == r.class
}

func key(item Object) string { return item.Metadata.Namespace + "/" + item.Metadata.Name }

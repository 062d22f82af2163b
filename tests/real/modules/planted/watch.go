package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"time"
)

// Resource is a resource that the controller lists and watches.
type Resource struct {
	Path string
	Kind string
}

// Watched is everything that routes are made of.
var Watched = []Resource{
	{Path: "/apis/networking.k8s.io/v1/ingresses", Kind: "Ingress"},
	{Path: "/api/v1/services", Kind: "Service"},
	{Path: "/apis/discovery.k8s.io/v1/endpointslices", Kind: "EndpointSlice"},
}

type list struct {
	Metadata struct {
		ResourceVersion string `json:"resourceVersion"`
	} `json:"metadata"`
	Items []Object `json:"items"`
}

type event struct {
	Type   string `json:"type"`
	Object Object `json:"object"`
}

// Watch lists a resource and follows its changes for ever.
func Watch(api string, resource Resource, routes *Routes) {
	for {
		if err := follow(api, resource, routes); err != nil {
			log.Println(resource.Path, err)
			time.Sleep(100 * time.Millisecond)
		}
	}
}

func follow(api string, resource Resource, routes *Routes) error {
	var all list
	if err := get(api+resource.Path, func(decoder *json.Decoder) error { return decoder.Decode(&all) }); err != nil {
		return err
	}
	routes.Replace(resource.Kind, all.Items)
	url := fmt.Sprintf("%s%s?watch=true&resourceVersion=%s", api, resource.Path, all.Metadata.ResourceVersion)
	return get(url, func(decoder *json.Decoder) error {
		for {
			var next event
			if err := decoder.Decode(&next); err != nil {
				return err
			}
			switch next.Type {
			case "ADDED", "MODIFIED":
				routes.Put(resource.Kind, next.Object)
			case "DELETED":
				routes.Delete(resource.Kind, next.Object)
			case "ERROR":
				return fmt.Errorf("the watch has ended")
			}
		}
	})
}

func get(url string, read func(*json.Decoder) error) error {
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	request.Header.Set("User-Agent", "planted/1.0")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", answer.StatusCode)
	}
	return read(json.NewDecoder(answer.Body))
}

package main

import (
	"io"
	"net/http"
	"time"
)

// Proxy sends a request to the backend of its route.
type Proxy struct {
	routes    *Routes
	flaws     Flaws
	transport http.RoundTripper
}

// NewTransport keeps connections to backends open.
func NewTransport() http.RoundTripper {
	return &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute, DisableCompression: true}
}

func (p *Proxy) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	p.flaws.OnRequest()
	address, known := p.routes.Find(request.Host, request.URL.Path)
	if !known {
		http.NotFound(w, request)
		return
	}
	onward := request.Clone(request.Context())
	onward.URL.Scheme, onward.URL.Host, onward.RequestURI = "http", address, ""
	answer, err := p.transport.RoundTrip(onward)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body)
}

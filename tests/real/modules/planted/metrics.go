package main

import (
	"fmt"
	"net/http"
	"runtime"
)

// Metrics is the page that Go's client library would show of the runtime.
func Metrics(w http.ResponseWriter, _ *http.Request) {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	counter(w, "go_memstats_mallocs_total", memory.Mallocs)
	counter(w, "go_memstats_alloc_bytes_total", memory.TotalAlloc)
	gauge(w, "go_memstats_heap_inuse_bytes", memory.HeapInuse)
	gauge(w, "go_memstats_heap_alloc_bytes", memory.HeapAlloc)
	gauge(w, "go_goroutines", uint64(runtime.NumGoroutine()))
}

func counter(w http.ResponseWriter, name string, value uint64) {
	fmt.Fprintf(w, "# TYPE %s counter\n%s %d\n", name, name, value)
}

func gauge(w http.ResponseWriter, name string, value uint64) {
	fmt.Fprintf(w, "# TYPE %s gauge\n%s %d\n", name, name, value)
}

// A small ingress controller and proxy in Go whose flaws can be switched on by a known amount, so that
// what a comparison finds can be held against the truth. The standard library alone.
package main

import (
	"expvar"
	"flag"
	"fmt"
	"log"
	"net/http"
	"net/http/pprof"
	"os"
	"runtime"
)

func main() {
	api := flag.String("api", "", "URL of the API server")
	traffic := flag.String("http", "", "address that traffic comes to")
	admin := flag.String("admin", "", "address of health, metrics and profiles")
	class := flag.String("ingress-class", "", "value of the annotation kubernetes.io/ingress.class, or of ingressClassName")
	version := flag.Bool("version", false, "print the version and stop")
	flaws := Flaws{}
	flag.IntVar(&flaws.Work, "work", 0, "steps of arithmetic that every request takes more")
	flag.IntVar(&flaws.Garbage, "garbage", 0, "objects that every request allocates more")
	flag.IntVar(&flaws.GarbageBytes, "garbage-bytes", 64, "bytes of each of them")
	flag.DurationVar(&flaws.Held, "held", 0, "for which every request holds a lock that all of them want")
	flag.IntVar(&flaws.Leaks, "leaks", 0, "goroutines that a hundred requests leave behind")
	flag.IntVar(&flaws.Keys, "keys", 0, "keys that every change of the routes leaves in a table")
	flag.Parse()
	if *version {
		fmt.Println("planted 1.0")
		return
	}
	runtime.SetMutexProfileFraction(100)
	routes := NewRoutes(*class, flaws)
	for _, resource := range Watched {
		go Watch(*api, resource, routes)
	}
	go serve(*admin, adminMux(routes))
	serve(*traffic, &Proxy{routes: routes, flaws: flaws, transport: NewTransport()})
}

func serve(address string, handler http.Handler) {
	if err := http.ListenAndServe(address, handler); err != nil {
		log.Println(err)
		os.Exit(1)
	}
}

func adminMux(routes *Routes) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/ping", func(w http.ResponseWriter, _ *http.Request) {
		if !routes.Synced() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("/metrics", Metrics)
	mux.Handle("/debug/vars", expvar.Handler())
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	return mux
}

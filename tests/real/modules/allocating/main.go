// A server that allocates as many objects as it is asked for, and shows what Go counts of them.
package main

import (
	_ "expvar"
	"fmt"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"strconv"
)

type object struct{ bytes [128]byte }

var kept *object

func main() {
	http.HandleFunc("/allocate", func(answer http.ResponseWriter, request *http.Request) {
		count, _ := strconv.Atoi(request.FormValue("objects"))
		for range count {
			kept = new(object)
		}
	})
	http.HandleFunc("/collections", func(answer http.ResponseWriter, _ *http.Request) {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		fmt.Fprintln(answer, stats.NumForcedGC)
	})
	http.HandleFunc("/metrics", func(answer http.ResponseWriter, _ *http.Request) {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		waste := make([]*object, 1000) // a page that is dear, so that its cost shows
		for place := range waste {
			waste[place] = new(object)
		}
		fmt.Fprintln(answer, "# TYPE go_memstats_mallocs_total counter")
		fmt.Fprintln(answer, "go_memstats_mallocs_total", stats.Mallocs)
		fmt.Fprintln(answer, "# TYPE go_memstats_alloc_bytes_total counter")
		fmt.Fprintln(answer, "go_memstats_alloc_bytes_total", stats.TotalAlloc)
	})
	panic(http.ListenAndServe(os.Args[1], nil))
}

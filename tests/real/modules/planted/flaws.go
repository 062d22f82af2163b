package main

import (
	"fmt"
	"sync"
	"time"
)

// Flaws are what every request, or every change of the routes, costs more than it has to.
type Flaws struct {
	Work         int           // steps of arithmetic
	Garbage      int           // objects
	GarbageBytes int           // of each of them
	Held         time.Duration // for which a lock is held that every request wants
	Leaks        int           // goroutines that never end, of every hundred requests
	Keys         int           // keys that every change of the routes leaves in a table
}

var (
	held   sync.Mutex
	leaks  sync.Map
	asked  int
	table  = map[string][]byte{}
	kept   []byte // so that the compiler cannot leave an allocation out
	result uint64 // nor arithmetic
)

// OnRequest does to a request what was asked for.
func (f Flaws) OnRequest() {
	if f.Work > 0 {
		result = work(f.Work)
	}
	if f.Garbage > 0 {
		f.allocate()
	}
	if f.Held > 0 {
		f.holdLock()
	}
	if f.Leaks > 0 {
		f.leakGoroutines()
	}
}

// OnChange does to a change of the routes what was asked for.
func (f Flaws) OnChange(number int64) {
	for i := range f.Keys {
		keepKey(fmt.Sprintf("%d/%d", number, i))
	}
}

//go:noinline
func (f Flaws) allocate() {
	for range f.Garbage {
		kept = make([]byte, f.GarbageBytes)
	}
}

//go:noinline
func (f Flaws) holdLock() {
	held.Lock()
	for until := time.Now().Add(f.Held); time.Now().Before(until); {
	}
	held.Unlock()
}

//go:noinline
func (f Flaws) leakGoroutines() {
	held.Lock()
	asked++
	begin := asked%100 < f.Leaks
	held.Unlock()
	if begin {
		go waitForever(make(chan struct{}))
	}
}

func waitForever(never chan struct{}) {
	leaks.Store(never, true)
	<-never
}

//go:noinline
func keepKey(key string) {
	table[key] = make([]byte, 256)
}

// work takes the same number of instructions every time, whatever the machine does meanwhile.
func work(steps int) uint64 {
	x := uint64(88172645463325252)
	for range steps {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

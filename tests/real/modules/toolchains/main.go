// A program that does the same work every time and leaves a CPU profile of it: signatures, digests and
// documents, whose functions Go's releases have moved from package to package. The standard library alone.
package main

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha512"
	"encoding/json"
	"log"
	"os"
	"runtime/pprof"
	"sort"
	"strings"
)

type document struct {
	Name  string            `json:"name"`
	Tags  map[string]string `json:"tags"`
	Items []string          `json:"items"`
}

var kept int // so that nothing is left out

func main() {
	file, err := os.Create(os.Args[1])
	check(err)
	check(pprof.StartCPUProfile(file))
	for range 15 {
		sign(600)
		seal(300)
		digest(1500)
		describe(1200)
	}
	pprof.StopCPUProfile()
	check(file.Close())
}

//go:noinline
func sign(times int) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	message := sha512.Sum512([]byte("a message"))
	for range times {
		signature, err := ecdsa.SignASN1(rand.Reader, key, message[:32])
		check(err)
		if ecdsa.VerifyASN1(&key.PublicKey, message[:32], signature) {
			kept++
		}
	}
}

//go:noinline
func seal(times int) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	check(err)
	for range times {
		if ed25519.Verify(public, []byte("a message"), ed25519.Sign(private, []byte("a message"))) {
			kept++
		}
	}
}

//go:noinline
func digest(times int) {
	block := []byte(strings.Repeat("sixteen bytes!! ", 512))
	for range times {
		sum := sha512.Sum512(block)
		kept += int(sum[0])
	}
}

//go:noinline
func describe(times int) {
	for range times {
		one := document{Name: "one", Tags: map[string]string{"a": "b", "c": "d"}, Items: strings.Split(strings.Repeat("item,", 60), ",")}
		sort.Strings(one.Items)
		text, err := json.Marshal(one)
		check(err)
		var other document
		check(json.Unmarshal(text, &other))
		kept += len(other.Items)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

//go:build tools

// Package kubernetes names the suite that `go test -c` builds, which no tool line can hold.
package kubernetes

import _ "k8s.io/kubernetes/test/e2e"

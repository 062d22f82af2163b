"""The module that a Go program is built in: what is replaced there, and by which versions."""

import pytest

from loadstone import formats
from loadstone.component.revisions import go_module
from loadstone.errors import UsageError

# What `go mod edit -json` shows of a module in the manner of Kubernetes.
EDITED = {
    "Go": "1.24.0",
    "Require": [
        {"Path": "k8s.io/api", "Version": "v0.0.0"},
        {"Path": "k8s.io/client-go", "Version": "v0.0.0"},
        {"Path": "k8s.io/utils", "Version": "v0.0.0-20250604170112-4c0f3b243397"},
        {"Path": "example.test/forked", "Version": "v1.0.0"},
    ],
    "Replace": [
        {"Old": {"Path": "k8s.io/kubectl"}, "New": {"Path": "./staging/src/k8s.io/kubectl"}},
        {
            "Old": {"Path": "example.test/forked"},
            "New": {"Path": "example.test/fork", "Version": "v1.1.0"},
        },
    ],
}
MODULE = go_module.read("k8s.io/kubernetes", "v1.34.4", EDITED)


def source(**fields):
    return formats.GoSource(module="k8s.io/kubernetes", package="cmd/kube-proxy", **fields)


def test_what_the_makers_replace_by_a_module_is_taken_over_and_folders_are_named():
    assert MODULE.replaced == {"example.test/forked": "example.test/fork v1.1.0"}
    assert MODULE.folders == ["k8s.io/api", "k8s.io/client-go", "k8s.io/kubectl"]
    assert go_module.lacking(source(), MODULE) == MODULE.folders


def test_a_prefix_stands_for_the_folders_of_the_repository_alone():
    versions = {"k8s.io/*": "v0.${minor}.${patch}"}
    found = go_module.replacements(source(replaces=versions), MODULE)
    assert found == {
        "example.test/forked": "example.test/fork v1.1.0",
        "k8s.io/api": "k8s.io/api v0.34.4",
        "k8s.io/client-go": "k8s.io/client-go v0.34.4",
        "k8s.io/kubectl": "k8s.io/kubectl v0.34.4",
    }
    assert go_module.lacking(source(replaces=versions), MODULE) == []


def test_a_module_by_name_is_replaced_whatever_the_makers_do():
    versions = {
        "k8s.io/*": "v0.${minor}.${patch}",
        "k8s.io/api": "v0.33.0",
        "example.test/forked": "example.test/other ${version}",
    }
    found = go_module.replacements(source(replaces=versions), MODULE)
    assert found["k8s.io/api"] == "k8s.io/api v0.33.0"
    assert found["example.test/forked"] == "example.test/other v1.34.4"


def test_the_go_mod_requires_the_version_and_nothing_else():
    assert go_module.go_mod(MODULE, {"k8s.io/api": "k8s.io/api v0.34.4"}) == (
        "module loadstone.build\n\ngo 1.24.0\n\nrequire k8s.io/kubernetes v1.34.4\n\n"
        "replace k8s.io/api => k8s.io/api v0.34.4\n"
    )


@pytest.mark.parametrize(
    "replaces",
    [
        {"k8s.io/api": ""},
        {"k8s.io/api": "./folder"},
        {"k8s.io/api": "../x v1.2.3"},
        {"k8s.io/api": "v1.2.3\nreplace a => b v1.0.0"},
        {"k8s.io/*": "other.test/x v1.2.3"},
        {"k8s.io/api => evil": "v1.2.3"},
        {"*": "v1.2.3"},
    ],
)
def test_what_is_no_replacement_is_an_error(replaces):
    with pytest.raises(UsageError, match="is no replacement"):
        go_module.replacements(source(replaces=replaces), MODULE)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("1.34.4", "v1.34.4"),
        ("v1.34.4", "v1.34.4"),
        ("1.35.0-rc.1", "v1.35.0-rc.1"),
        ("2.0.0+incompatible", "v2.0.0+incompatible"),
        ("latest", "latest"),
        ("main", "main"),
        ("1a2b3c4d5e6f", "1a2b3c4d5e6f"),
        ("release-1.34", "release-1.34"),
    ],
)
def test_a_version_may_be_written_with_or_without_its_v(name, asked):
    assert go_module.query(name, name) == asked


@pytest.mark.parametrize("name", ["-mod=mod", "../x", "a b", "v1@v2", "", "x\ny"])
def test_what_go_could_take_for_something_else_is_no_version(name):
    with pytest.raises(UsageError, match="not the name of a revision"):
        go_module.query(name, name)


def test_the_parts_of_a_version_can_be_named():
    assert go_module.names("v1.35.0-rc.1") == {
        "version": "v1.35.0-rc.1",
        "revision": "1.35.0-rc.1",
        "major": "1",
        "minor": "35",
        "patch": "0-rc.1",
    }


@pytest.mark.parametrize(
    ("module", "package", "whole", "program"),
    [
        ("k8s.io/kubernetes", "cmd/kube-proxy", "k8s.io/kubernetes/cmd/kube-proxy", "kube-proxy"),
        ("go.etcd.io/etcd/server/v3", "", "go.etcd.io/etcd/server/v3", "server"),
        ("example.test/thing", "", "example.test/thing", "thing"),
    ],
)
def test_the_package_is_named_from_the_module_on(module, package, whole, program):
    found = go_module.package(formats.GoSource(module=module, package=package))
    assert (found, go_module.program(found)) == (whole, program)


@pytest.mark.parametrize("module", ["./x", "thing", "-x.test/y", "a.test/../b", "a.test/x y"])
def test_what_is_no_path_of_a_module_is_an_error(module):
    with pytest.raises(UsageError, match="no package of a Go module"):
        go_module.package(formats.GoSource(module=module))

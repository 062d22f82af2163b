"""Whose a function is, by its package and the program's modules."""

from __future__ import annotations

import pytest

from loadstone.model import GoBuild
from loadstone.profiles.origins import Origin, became, origin, package_of

BUILD = GoBuild(
    module="github.com/traefik/traefik/v3",
    toolchain="go1.24.3",
    modules={
        "github.com/goccy/go-json": "v0.10.2",
        "gopkg.in/yaml.v3": "v3.0.1",
        "github.com/a/b": "v1.0.0",
        "github.com/a/b/sub": "v1.1.0",
    },
    replaced={"github.com/a/b": "github.com/fork/b v9.0.0"},
)


@pytest.mark.parametrize(
    ("name", "whose", "module"),
    [
        ("main.main", Origin.COMPONENT, ""),
        ("github.com/traefik/traefik/v3/pkg/server.(*R).Do.func1", Origin.COMPONENT, ""),
        ("github.com/traefik/traefik/v2/pkg/server.Do", Origin.UNKNOWN, ""),
        ("github.com/goccy/go-json/internal/decoder.Compile", Origin.DEPENDENCY,
         "github.com/goccy/go-json"),
        ("gopkg.in/yaml%2ev3.(*Decoder).Decode", Origin.DEPENDENCY, "gopkg.in/yaml.v3"),
        ("github.com/a/b/sub/x.F[...]", Origin.DEPENDENCY, "github.com/a/b/sub"),
        ("net/http.(*conn).serve", Origin.STANDARD, ""),
        ("runtime.mallocgc", Origin.RUNTIME, ""),
        ("[collection]", Origin.RUNTIME, ""),
        ("work app.js", Origin.UNKNOWN, ""),
    ],
)  # fmt: skip
def test_a_function_belongs_to_the_module_of_its_package(name, whose, module):
    found = origin(name, BUILD)
    assert (found.origin, found.module) == (whose, module)


def test_nothing_is_guessed_without_build_information():
    assert origin("github.com/a/b.F", None).origin is Origin.UNKNOWN
    assert origin("net/http.(*conn).serve", None).origin is Origin.UNKNOWN


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("a/b.(*T).M", "a/b"),
        ("a/b.F[go.shape.int]", "a/b"),
        ("gopkg.in/yaml%2ev3.F", "gopkg.in/yaml.v3"),
        ("std::vector<int>::push", None),
        ("work", None),
    ],
)
def test_the_package_is_what_stands_before_the_function(name, package):
    assert package_of(name) == package


def test_a_module_is_told_with_what_became_of_it():
    newer = GoBuild(module=BUILD.module, modules={"github.com/a/b/sub": "v1.2.0"})
    assert became("github.com/goccy/go-json", BUILD, newer) == "goccy/go-json 0.10.2 → gone"
    assert became("github.com/a/b/sub", BUILD, newer) == "a/b/sub 1.1.0 → 1.2.0"
    assert became("gopkg.in/yaml.v3", BUILD, BUILD) == "gopkg.in/yaml.v3 3.0.1"


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("v0.0.0-20220627093034-b2dd784e613f", "b2dd784e613f"),
        ("v1.8.2-0.20250523120546-41b6ec3aed59", "41b6ec3aed59"),
        ("v2.0.0-20190101000000-0123456789ab+incompatible", "0123456789ab"),
        ("v1.2.3-beta.1", "1.2.3-beta.1"),
        ("github.com/containous/mux v0.0.0-20220627093034-b2dd784e613f",
         "containous/mux b2dd784e613f"),
        ("../mux", "../mux"),
    ],
)  # fmt: skip
def test_a_version_that_stands_for_a_commit_is_told_by_it(version, said):
    build = GoBuild(module="m", modules={"a/mux": "v1.8.0"}, replaced={"a/mux": version})
    assert became("a/mux", BUILD, build) == f"a/mux gone → {said}"

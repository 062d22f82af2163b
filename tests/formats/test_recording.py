"""Recordings: lines that are written can be read, and what is none is said."""

from typing import Any

import pytest

from loadstone.errors import InvalidFile
from loadstone.formats.recording import change, line, read

POD: dict[str, Any] = {
    "group": "",
    "version": "v1",
    "plural": "pods",
    "metadata": {"name": "p", "namespace": "n"},
}
NODE: dict[str, Any] = {
    "group": "",
    "version": "v1",
    "plural": "nodes",
    "metadata": {"name": "node"},
}
LEASE: dict[str, Any] = {
    "group": "coordination.k8s.io",
    "version": "v1",
    "plural": "leases",
    "metadata": {"name": "node", "namespace": "kube-node-lease"},
}


def test_what_was_written_is_read_in_the_order_of_its_times():
    changes = [
        change("patch", seconds=2.5, template={"spec": {}}, **LEASE),
        change("create", seconds=0.0, template={"metadata": {"name": "p"}}, **POD),
        change("delete", seconds=3.25, **NODE),
    ]
    text = b"".join(map(line, changes)).decode()
    found = read(text, "r.jsonl")
    assert [each.seconds for each in found] == [0.0, 2.5, 3.25]
    assert set(map(line, found)) == set(map(line, changes))


@pytest.mark.parametrize("end", ["\u2028", "\x85", "\r", "\x1e"])
def test_a_string_with_another_end_of_line_in_it_is_one_line_all_the_same(end):
    said = change("patch", seconds=0.0, template={"data": {"text": f"a{end}b"}}, **POD)
    assert read(line(said).decode(), "r.jsonl") == [said]


def test_a_change_knows_the_path_of_its_object():
    assert change("delete", seconds=0.0, **POD).path == "/api/v1/namespaces/n/pods/p"
    assert change("delete", seconds=0.0, **NODE).path == "/api/v1/nodes/node"
    lease = change("delete", seconds=0.0, **LEASE)
    namespace = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease"
    assert (lease.collection, lease.path) == (f"{namespace}/leases", f"{namespace}/leases/node")


def test_patches_of_kwok_are_read_as_yaml():
    text = """\
apiVersion: action.kwok.x-k8s.io/v1alpha1
kind: ResourcePatch
durationNanosecond: 1500000000
method: delete
resource: {group: "", resource: pods, version: v1}
target: {name: p, namespace: n}
---
"""
    (found,) = read(text, "r.yaml")
    assert (found.method, found.seconds) == ("delete", 1.5)


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ('{"kind": "Pod"}', "r:1", "a Pod and no ResourcePatch"),
        ('{"kind": "ResourcePatch"}', "r:1", "resource"),
        ("{broken", "r:1", "no line of JSON"),
        ("- 1\n- 2", "r: document 1", "Expected `object`"),
        ("", "r", "no change in it"),
        ("a: [", "r", "neither lines of JSON nor YAML"),
        (
            '{"resource": {"resource": "pods"}, "target": {"name": "p"}, "method": "create"}\n',
            "r:1",
            "",
        ),
    ],
)
def test_what_is_no_recording_is_said_with_its_place(text, where, said):
    with pytest.raises(InvalidFile) as caught:
        read(text, "r")
    problem = caught.value.problems[0]
    assert problem.where == where
    assert said in problem.what


def test_a_create_without_its_object_is_none():
    lines = line(change("create", seconds=0.0, **POD)).decode()
    with pytest.raises(InvalidFile, match="do not go together"):
        read(lines, "r")

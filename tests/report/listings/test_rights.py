"""Rights are shown as the role that gives them, which can be applied as it is printed."""

import yaml

from loadstone.cluster.rights import Right
from loadstone.report.listings.rights import cluster_role

RIGHTS = [
    Right(verb="create", group="", resource="namespaces", granted=True),
    Right(verb="list", group="", resource="namespaces"),
    Right(verb="create", group="batch", resource="jobs", granted=True),
    Right(verb="get", group="", resource="nodes/proxy", use="the kubelet's numbers"),
]


def test_what_is_missing_is_marked_and_what_can_be_done_without():
    assert cluster_role(RIGHTS).splitlines()[5:] == [
        (
            '  - {apiGroups: [""], resources: ["namespaces"], verbs: ["create", "list"]}'
            "  # missing: list"
        ),
        '  - {apiGroups: ["batch"], resources: ["jobs"], verbs: ["create"]}',
        (
            '  - {apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get"]}'
            "  # missing: get (only for the kubelet's numbers)"
        ),
    ]


def test_what_a_verb_holds_adds_no_rule():
    odd = Right(
        verb='get\n  - {apiGroups: ["*"], resources: ["*"], verbs: ["*"]}', group="", resource="a"
    )
    (rule,) = yaml.safe_load(cluster_role([odd]))["rules"]
    assert rule == {"apiGroups": [""], "resources": ["a"], "verbs": [odd.verb]}


def test_it_can_be_applied():
    role = yaml.safe_load(cluster_role(RIGHTS))
    assert role["kind"] == "ClusterRole"
    assert [each["resources"] for each in role["rules"]] == [
        ["namespaces"],
        ["jobs"],
        ["nodes/proxy"],
    ]

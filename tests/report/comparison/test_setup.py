"""What a report says of the revisions on both sides."""

from dataclasses import replace

from loadstone.model import Revision, Side
from loadstone.report.comparison.setup import revisions
from tests.measure.fakes import world


def held(label, version=""):
    return Revision(side=Side.BASE, asked=label, label=label, version=version)


def test_the_programs_beside_the_compared_one_are_told_by_process():
    plan = world.plan()
    plan = replace(
        plan,
        base=replace(plan.base, others={"envoy": held("1.36", "envoy 1.36/abc")}),
        head=replace(plan.head, others={"envoy": held("1.36"), "side": held("2")}),
    )
    told = {fact.name: (fact.base, fact.head) for fact in revisions(plan)}
    assert told["its envoy"] == ("1.36 (envoy 1.36/abc)", "1.36")
    assert told["its side"] == ("", "2")

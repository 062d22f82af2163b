"""Sources of revisions by prefix: a new one is a function and a line of the table."""

import pytest

from loadstone import formats
from loadstone.component.revisions.resolve import SOURCES, find
from loadstone.errors import UsageError
from loadstone.model import Revision, Side

COMPONENT = formats.Component(
    component="none",
    about="comes from nowhere",
    role="ingress",
    revisions=formats.Revisions(),
    ports=["http"],
    command=["${executable}"],
    traffic="${http}",
    ready=formats.Ready(url="http://${http}"),
)


def attic(request):
    return Revision(side=request.side, asked=request.asked, label=request.name, source="attic")


def test_a_new_source_is_a_function_and_a_line_of_the_table(tmp_path):
    wider = {**SOURCES, "attic": attic}
    found = find(COMPONENT, "attic:old", Side.HEAD, cache=tmp_path, sources=wider)
    assert (found.side, found.asked, found.label) == (Side.HEAD, "attic:old", "old")


def test_a_prefix_that_no_source_has_is_a_part_of_the_name(tmp_path):
    with pytest.raises(UsageError, match="attic:old"):
        find(COMPONENT, "attic:old", Side.HEAD, cache=tmp_path)


@pytest.mark.parametrize("prefix", SOURCES)
def test_every_source_refuses_what_it_cannot_give(prefix, tmp_path):
    with pytest.raises(UsageError) as caught:
        find(COMPONENT, f"{prefix}:{tmp_path}/absent", Side.BASE, cache=tmp_path)
    assert caught.value.next_step

"""The gate of a release: against the tag before and the best of the last, and what is said."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from loadstone.bot.stored_documents import ACCEPTED, accepted_document
from loadstone.errors import UsageError
from loadstone.flows.bot.gate_release import gate_release
from loadstone.formats.configuration import parse
from loadstone.model import Conclusion, Goal, Policy
from loadstone.model.accepted import AcceptedChange
from loadstone.store.table import open_documents, open_store
from tests.fakes.github.state import Release, Run
from tests.flows.bot.made import commit, context, plan, repository, session, upload
from tests.github import conftest

world = conftest.world  # the fixture

CERTIFY = Policy(looks=(4,), goal=Goal.CERTIFY, certain=True)
CONFIG = "component: c\nscenario: s\nbaselines: {store}\nevents: {{tag: {{last: 3{more}}}}}\n"
CHANGE = AcceptedChange(
    component="c",
    case="*",
    metric="p50",
    reason="a slower hash, on purpose",
    who="grace",
    when="2026-11-01T00:00:00+00:00",
    expires="2027-01-01T00:00:00+00:00",
    size=0.5,
    pull_request=17,
)


class Releases:
    """A repository with tags, of which the last is at the gate."""

    def __init__(self, world, tmp_path):
        self.world, self.tmp_path, self.times = world, tmp_path, 0
        self.root = repository(tmp_path / "checkout")
        self.store = str(tmp_path / "baselines")
        self.configure()
        self.commits = {tag: commit(self.root, tag=tag) for tag in ("v1.0", "v1.1")}

    def configure(self, more=""):
        text = CONFIG.format(store=self.store, more=more)
        self.config = parse(text, "loadstone.yaml")

    def measured(self, tag, previous, *, change=1.0, level=0.01, noise=0.001, **changes):
        made = plan(
            base=(previous, self.commits[previous]),
            head=(tag, self.commits[tag]),
            policy=CERTIFY,
            tier="release",
        )
        made = replace(made, **changes)
        folder = self.tmp_path / f"{tag}-{self.times}"
        return session(made, folder, change=change, level=level, noise=noise)

    def gate(self, tag="v1.1", previous="v1.0", *, measured=True, name="push", **measuring):
        claims = measuring.pop("claims", None)
        self.times += 1
        run = 500 + self.times
        self.world.repository.runs[run] = Run(id=run, workflow="release.yml", head_sha="a" * 40)
        if measured:
            upload(self.world, run, self.measured(tag, previous, **measuring))
        elif claims:
            upload(self.world, run, None, claims=claims)
        payload: dict[str, Any] = {
            "ref": f"refs/tags/{tag}",
            "after": "e" * 40,
        }  # the object of the tag
        if name == "release":
            said = {"id": 7, "tag_name": tag, "draft": False}
            payload = {"action": "published", "release": said}
        told = context(
            self.root, self.config, name=name, payload=payload, ref=f"refs/tags/{tag}", run=run
        )
        folder = self.tmp_path / f"work-{self.times}"
        return gate_release(told, self.world.client(), folder)

    @property
    def status(self):
        """The last status: of which commit, its state, and its words."""
        last = self.world.repository.statuses[-1]
        assert last.context == "loadstone/c"
        return last.sha, last.state, last.description

    @property
    def release(self):
        (found,) = self.world.repository.releases.values()
        return found


@pytest.fixture
def releases(world, tmp_path):
    return Releases(world, tmp_path)


def test_a_release_that_is_shown_to_be_no_worse_passes(releases):
    gated = releases.gate()
    assert gated.conclusion is Conclusion.PASS
    assert not gated.undelivered
    assert releases.status[:2] == (releases.commits["v1.1"], "success")


def test_a_release_that_is_slower_fails_on_the_commit_of_its_tag(releases):
    gated = releases.gate(change=1.5)
    assert gated.conclusion is Conclusion.FAIL
    sha, state, words = releases.status
    assert (sha, state) == (releases.commits["v1.1"], "failure")
    assert "regression" in words.lower() or "p50" in words


def test_what_is_not_shown_fails_where_the_policy_asks_for_certainty(releases):
    gated = releases.gate(noise=0.05)
    assert gated.conclusion is Conclusion.UNSURE
    assert releases.status[1] == "failure"
    assert releases.status[2].startswith("not shown to be no worse")


def test_the_notes_get_a_section_and_the_release_a_file(releases):
    releases.gate(change=1.5)
    found = releases.release
    assert found.draft
    assert "<!-- loadstone:begin c -->" in found.body
    assert "v1.1 against v1.0" in found.body
    (asset,) = found.assets
    assert (asset.name, asset.content_type) == ("loadstone-c.json", "application/json")
    assert json.loads(asset.data)["plan"]["head"]["asked"] == "v1.1"


def test_gated_again_there_is_one_section_and_one_file(releases):
    releases.gate(change=1.5)
    releases.gate()
    assert releases.release.body.count("loadstone:begin") == 1
    assert len(releases.release.assets) == 1


def test_what_others_wrote_into_the_notes_stays(releases):
    made = Release(id=7, tag="v1.1", body="What is new.", draft=True)
    releases.world.repository.releases[7] = made
    releases.gate()
    assert made.body.startswith("What is new.")
    assert made.draft


def test_a_draft_that_passes_is_published_last_where_that_is_wanted(releases):
    releases.configure(", publish: true")
    releases.world.repository.immutable_releases = True
    gated = releases.gate()
    assert gated.published
    assert releases.release.immutable
    assert len(releases.release.assets) == 1


def test_a_draft_that_does_not_pass_stays_a_draft(releases):
    releases.configure(", publish: true")
    assert not releases.gate(change=1.5).published
    assert releases.release.draft


def test_of_an_immutable_release_the_words_are_changed_and_the_file_is_said_to_be_missing(releases):
    made = Release(id=7, tag="v1.1", immutable=True)
    releases.world.repository.releases[7] = made
    gated = releases.gate(name="release")
    assert gated.conclusion is Conclusion.PASS
    (missed,) = gated.undelivered
    assert "immutable" in missed.reason
    assert "draft" in missed.next_step
    assert "v1.1 against v1.0" in made.body
    assert made.assets == []
    assert releases.status[1] == "success"


def test_an_acceptance_of_any_pull_request_lets_a_release_pass_and_is_said(releases):
    document = accepted_document([CHANGE])
    open_documents(releases.store).write(ACCEPTED, document, expected=None)
    gated = releases.gate(change=1.5)
    assert gated.conclusion is Conclusion.PASS
    assert releases.status[1] == "success"
    assert releases.status[2].startswith("accepted")
    assert "a slower hash" in releases.release.body


def test_what_has_grown_since_it_was_accepted_fails(releases):
    document = accepted_document([replace(CHANGE, size=0.1)])
    open_documents(releases.store).write(ACCEPTED, document, expected=None)
    assert releases.gate(change=1.5).conclusion is Conclusion.FAIL


def test_the_record_of_a_release_is_kept(releases):
    assert releases.gate().kept == 1
    (entry,) = open_store(releases.store).list()
    assert entry.commit == releases.commits["v1.1"]
    releases.configure(", baseline: false")
    releases.commits["v1.2"] = commit(releases.root, tag="v1.2")
    assert releases.gate("v1.2", "v1.1").kept == 0


def test_the_best_of_the_last_is_held_against_as_well(releases):
    """Each is a little slower than the one before, which no pair of them shows."""
    releases.gate(level=0.005)
    for tag in ("v1.2", "v1.3"):
        releases.commits[tag] = commit(releases.root, tag=tag)
    releases.gate("v1.2", "v1.1", level=0.01)
    gated = releases.gate("v1.3", "v1.2", level=0.01)
    assert gated.conclusion is Conclusion.FAIL
    assert gated.verdicts[0].by_best
    assert releases.status[2].startswith("against v1.1")
    latest = max(releases.world.repository.releases.values(), key=lambda each: each.tag)
    assert "v1.3 against v1.1, the best of the last 2" in latest.body


def test_a_release_before_the_last_so_many_is_not_looked_at(releases):
    releases.gate(level=0.005)
    for number in range(2, 6):
        tag, before = f"v1.{number}", f"v1.{number - 1}"
        releases.commits[tag] = commit(releases.root, tag=tag)
        releases.gate(tag, before, level=0.01)
    gated = releases.gate("v1.5", "v1.4", level=0.01)
    assert gated.conclusion is Conclusion.PASS


@pytest.mark.parametrize("what", ["nothing", "another base", "another tag"])
def test_what_was_not_measured_does_not_pass(releases, what):
    releases.commits["v1.2"] = commit(releases.root, tag="v1.2")
    told: dict[str, dict[str, Any]] = {
        "nothing": {"measured": False},
        "another base": {"base": plan(base=("v1.0", releases.commits["v1.0"]), head=("", "")).base},
        "another tag": {"head": plan(base=("", ""), head=("v1.1", releases.commits["v1.1"])).head},
    }
    gated = releases.gate("v1.2", "v1.1", **told[what])
    assert gated.conclusion is Conclusion.INVALID
    assert releases.status[:2] == (releases.commits["v1.2"], "error")
    assert gated.kept == 0


@pytest.mark.parametrize(
    ("code", "data", "wanted", "state"),
    [
        ("same-program", {"digest": "sha256:1"}, Conclusion.PASS, "success"),
        ("minutes-per-day", {}, Conclusion.INVALID, "error"),
    ],
)
def test_what_the_measuring_left_out_is_said_and_passes_where_it_could_not_matter(
    releases, code, data, wanted, state
):
    claims = {"skip": {"code": code, "data": data}}
    gated = releases.gate(measured=False, claims=claims)
    assert gated.conclusion is wanted
    assert releases.status[1] == state
    assert releases.world.repository.releases == {}


def test_a_first_release_is_worse_than_nothing(releases):
    gated = releases.gate("v1.0", measured=False)
    assert gated.conclusion is Conclusion.PASS
    assert releases.status[1] == "success"
    assert "nothing before it" in releases.status[2]


def test_a_branch_is_no_release(releases):
    payload = {"ref": "refs/heads/main", "before": "0" * 40, "after": releases.commits["v1.1"]}
    told = context(releases.root, releases.config, name="push", payload=payload)
    with pytest.raises(UsageError, match="tags and releases"):
        gate_release(told, releases.world.client(), releases.tmp_path / "work")

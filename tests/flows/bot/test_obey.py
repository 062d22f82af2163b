"""Slash commands on a fake of GitHub: by a maintainer, by a stranger, and what is no command."""

from __future__ import annotations

import pytest

from loadstone.bot.comment_memory import recall, remember
from loadstone.bot.lifecycle import KEY
from loadstone.bot.stored_documents import ACCEPTED, accepted_changes
from loadstone.errors import ArtifactExpired
from loadstone.flows.bot.command_facts import CommandPlace
from loadstone.flows.bot.obey import obey
from loadstone.formats.configuration import parse
from loadstone.github import comments, hidden_line
from loadstone.github.perform import perform
from loadstone.model import Conclusion
from loadstone.model.bot import (
    CancelledState,
    CommentEvent,
    CommentSection,
    QueuedState,
    RunningState,
    UpsertComment,
    VerdictState,
)
from loadstone.report.comment import Result
from loadstone.store.table import open_documents
from tests.fakes.github.faults import Fault, Kind
from tests.fakes.github.state import Run
from tests.flows.bot.made import NOW, result
from tests.github import conftest
from tests.github.conftest import HEAD, NAME

world = conftest.world  # the fixture

COMMANDS = (
    *("run", "rerun", "cancel", "explain s/n=1 p50", "accept s/n=1 p50 known and fine"),
    *("baseline", "bisect"),
)


class Bot:
    """The bot on the fake, with a result that the comment says, or none."""

    def __init__(self, world, tmp_path):
        self.world, self.delivered, self.asked = world, [], 0
        self.results: dict[str, Result] = {}
        self.broken: Exception | None = None
        self.store = tmp_path / "baselines"
        self.config = parse(
            f"component: c\nscenario: s\nbaselines: {self.store}\n", "loadstone.yaml"
        )
        self.client = world.client()
        world.repository.roles |= {"grace": "write"}
        world.fake.state.user("grace")
        world.fake.state.user("mallory")
        world.repository.workflows |= {"loadstone.yml", "loadstone-main.yml"}

    def last(self, number):
        self.asked += 1
        if self.broken:
            raise self.broken
        return self.results

    def say(self, body, login="grace", **changes):
        comment = self.world.fake.state.comment(NAME, 1, login, body)
        if changes.pop("gone", False):
            del self.world.repository.comments[comment.id]
        event = CommentEvent(
            comment=comment.id,
            number=1,
            on_pull_request=True,
            body=body,
            author=login,
            bot=changes.pop("bot", False),
            created=changes.pop("created", "2026-11-20T10:00:00Z"),
        )
        place = CommandPlace(
            client=self.client,
            config=self.config,
            branch="main",
            runner="ubuntu-24.04",
            own=1,
            now=NOW,
            results=self.last,
        )
        outcome = obey(event, place, deliver=self.delivered.append)
        return outcome, [each.content for each in comment.reactions]

    def show(self, state, run=70):
        """The comment, as an earlier delivery has left it."""
        data = remember([CommentSection(component="c", state=state, run=run)])
        wanted = UpsertComment(number=1, key=KEY, body="a table", data=data)
        comments.upsert(self.client, wanted)

    @property
    def own(self):
        return comments.find(self.client, 1, KEY)

    @property
    def sections(self):
        return recall(self.own.data)

    @property
    def replies(self):
        said = [each for each in self.world.comments if "loadstone:reply" in each.body]
        return [hidden_line.below(each.body).split("\n", 1)[1] for each in said]


@pytest.fixture
def bot(world, tmp_path):
    return Bot(world, tmp_path)


@pytest.fixture
def judged(bot, tmp_path):
    bot.results = {"c": result(tmp_path)}
    bot.show(VerdictState(sha=HEAD, conclusion=Conclusion.FAIL, alarm=True))
    return bot


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_stranger_is_told_why_not_and_nothing_else_happens(judged, verb):
    before, asked = judged.own, len(judged.world.asked)
    outcome, reactions = judged.say(f"/loadstone {verb}", login="mallory")
    assert not outcome.obeyed
    assert reactions == ["confused"]
    assert "you may not command" in judged.replies[-1].lower()
    assert len(judged.world.asked) - asked == 3  # permission, reaction, reply
    assert judged.world.repository.dispatches == []
    assert judged.own == before
    assert (judged.asked, judged.delivered, judged.store.exists()) == (0, [], False)


@pytest.mark.parametrize(
    "body", ["fine by me", "> /loadstone run", " /loadstone run", "see\n/loadstone run", ""]
)
def test_what_is_no_command_costs_no_request(bot, body):
    assert bot.say(body)[1] == []
    assert bot.world.asked == []


def test_a_bot_costs_no_request(bot):
    assert bot.say("/loadstone run", login="ci[bot]", bot=True)[1] == []
    assert bot.world.asked == []


def test_help_is_for_everybody(bot):
    outcome, reactions = bot.say("/loadstone help", login="mallory")
    assert outcome.obeyed
    assert reactions == ["rocket"]
    assert "| `/loadstone rerun [rounds=… component=…]` |" in bot.replies[-1]


@pytest.mark.parametrize("verb", ["run tier=quick", "rerun", "bisect"])
def test_a_measuring_is_started_with_the_command_and_the_pinned_head(bot, verb):
    _, reactions = bot.say(f"/loadstone {verb}")
    (started,) = bot.world.repository.dispatches
    assert (started["workflow"], started["ref"]) == ("loadstone.yml", "main")
    assert started["inputs"] == {"command": f"/loadstone {verb}", "number": "1", "head": HEAD}
    assert reactions == ["eyes", "rocket"]


def test_a_baseline_is_measured_by_the_workflow_that_keeps_it(bot):
    bot.say("/loadstone baseline")
    (started,) = bot.world.repository.dispatches
    assert started["workflow"] == "loadstone-main.yml"


def test_the_comment_shows_the_place_in_the_queue(bot):
    for number, title in ((30, "Loadstone #8 on ubuntu-24.04"), (31, "Loadstone #9 on arm")):
        bot.world.repository.runs[number] = Run(
            id=number,
            workflow="loadstone.yml",
            head_sha="b" * 40,
            event="workflow_dispatch",
            status="queued",
            title=title,
        )
    bot.say("/loadstone run")
    (section,) = bot.sections
    assert section.state == QueuedState(sha=HEAD, runner="ubuntu-24.04", ahead=1)
    assert "1 run" in bot.own.body
    assert "grace" in bot.own.body


def test_a_verdict_on_the_commit_that_is_measured_again_stays_as_it_is(judged):
    before = judged.own
    judged.say("/loadstone rerun")
    assert judged.own == before


def test_what_an_older_commit_was_found_to_be_gives_way_to_what_waits(judged):
    judged.show(VerdictState(sha="d" * 40, conclusion=Conclusion.FAIL, alarm=True), run=71)
    judged.say("/loadstone run")
    (section,) = judged.sections
    assert isinstance(section.state, QueuedState)


@pytest.mark.parametrize("gone", [False, True])
def test_the_tables_of_other_components_stay_or_the_comment_does(bot, tmp_path, gone):
    bot.config = parse("component: [{name: c}, {name: d}]\nscenario: s\n", "loadstone.yaml")
    bot.results = {"c": result(tmp_path)}
    bot.show(VerdictState(sha=HEAD, conclusion=Conclusion.FAIL, alarm=True))
    bot.broken = ArtifactExpired("the artifact has expired", status=410) if gone else None
    outcome, reactions = bot.say("/loadstone run component=d")
    assert outcome.good
    assert reactions == ["eyes", "rocket"]
    assert ("s/n=1" in bot.own.body) is not gone
    assert (bot.own.body == "a table") is gone


@pytest.mark.parametrize("before", [False, True], ids=["new", "gone-and-back"])
def test_a_head_that_moved_after_the_command_is_refused(bot, before):
    branch = bot.world.repository.pulls[1].head.ref
    moments = ["2026-11-20T10:00:05Z", *(["2026-11-20T09:00:00Z"] if before else [])]
    for number, moment in enumerate(moments, start=9):
        bot.world.repository.runs[number] = Run(
            id=number,
            workflow="loadstone.yml",
            head_sha=HEAD,
            head_branch=branch,
            created=moment,
        )
    _, reactions = bot.say("/loadstone run")
    assert reactions == ["confused"]
    assert "moved" in bot.replies[-1]
    assert bot.world.repository.dispatches == []


def test_cancel_stops_the_measurings_of_this_pull_request_and_not_itself(bot):
    bot.show(RunningState(sha=HEAD), run=21)
    runs = {
        1: Run(id=1, workflow="loadstone.yml", head_sha=HEAD, status="in_progress"),
        21: Run(id=21, workflow="loadstone.yml", head_sha=HEAD, status="in_progress", pulls=[1]),
        22: Run(id=22, workflow="loadstone.yml", head_sha=HEAD, status="queued"),  # of a fork
        23: Run(id=23, workflow="loadstone.yml", head_sha="c" * 40, status="queued", pulls=[2]),
        24: Run(id=24, workflow="loadstone-commands.yml", head_sha=HEAD, status="in_progress"),
    }
    for each in runs.values():
        each.conclusion = None
    bot.world.repository.runs.update(runs)
    bot.say("/loadstone cancel")
    assert [number for number, run in runs.items() if run.conclusion == "cancelled"] == [21, 22]
    (section,) = bot.sections
    assert section.state == CancelledState(sha=HEAD, by="grace")
    assert bot.say("/loadstone cancel")[1] == ["confused"]


def test_explain_answers_in_the_words_of_the_terminal(judged):
    _, reactions = judged.say("/loadstone explain s/n=1 p50")
    assert reactions == ["eyes", "rocket"]
    assert "regression" in judged.replies[-1]
    assert "round" in judged.replies[-1]
    assert f"`{'b' * 12}`" in judged.replies[-1]


@pytest.mark.parametrize("row", ["s/n=9 p50", "s/n=1 cpu"])
def test_a_row_that_there_is_not_is_answered_with_those_that_there_are(judged, row):
    _, reactions = judged.say(f"/loadstone explain {row}")
    assert reactions == ["eyes", "confused"]
    assert "s/n=1" in judged.replies[-1] or "p50" in judged.replies[-1]


def test_without_a_result_there_is_nothing_to_explain_or_to_accept(bot):
    assert bot.say("/loadstone explain s/n=1 p50")[1] == ["eyes", "confused"]
    assert "/loadstone run" in bot.replies[-1]
    assert bot.say("/loadstone accept s/n=1 p50 known and fine")[1] == ["confused"]
    assert bot.delivered == []


def test_accept_is_stored_with_its_size_and_the_result_is_judged_again(judged):
    _, reactions = judged.say("/loadstone accept s/* p50 a slower hash, on purpose")
    assert reactions == ["eyes", "rocket"]
    document = open_documents(judged.store).read(ACCEPTED)
    assert document is not None
    (change,) = accepted_changes(document.data)
    assert (change.component, change.case, change.who) == ("c", "s/*", "grace")
    assert change.pull_request == 1
    assert change.size == pytest.approx(0.5, abs=0.01)
    assert judged.delivered == [1]


def test_what_has_expired_cannot_be_accepted_and_that_is_said(judged):
    judged.broken = ArtifactExpired("the artifact has expired", status=410, next_step="run it")
    outcome, reactions = judged.say("/loadstone accept s/* p50 a slower hash")
    assert not outcome.good
    assert reactions == ["confused"]
    assert "has expired" in judged.replies[-1]
    assert not judged.store.exists()


def test_a_measuring_that_cannot_be_started_is_not_called_started(bot):
    bot.world.repository.workflows.clear()
    outcome, reactions = bot.say("/loadstone run")
    assert not outcome.good
    assert reactions == ["eyes", "confused"]
    assert "That failed" in bot.replies[-1]
    assert bot.own is None


def test_what_can_neither_be_done_nor_answered_is_left_to_be_sent_later(bot):
    bot.world.fake.faults.append(Fault(verb="POST", path="/dispatches$", status=502, times=99))
    bot.world.fake.faults.append(Fault(verb="POST", path="/comments$", status=502, times=99))
    outcome, reactions = bot.say("/loadstone run")
    assert not outcome.good
    assert reactions == ["eyes", "confused"]
    kinds = [type(each.effect).__name__ for each in outcome.undelivered]
    assert kinds == ["Dispatch", "React"]
    assert bot.world.repository.dispatches == []
    bot.world.fake.faults.clear()
    effects = [each.effect for each in outcome.undelivered]
    perform(bot.client, effects, origin=outcome.origin, resent=True)
    (started,) = bot.world.repository.dispatches
    assert started["inputs"]["head"] == HEAD


def test_a_failure_that_is_answered_leaves_nothing(bot):
    bot.world.repository.workflows.clear()
    outcome, _ = bot.say("/loadstone run")
    assert outcome.undelivered == []


@pytest.mark.parametrize("login", ["grace", "mallory"])
@pytest.mark.parametrize("verb", ["run", "cancel", "explain a b", "accept a b reason", "nonsense"])
def test_a_command_that_was_deleted_is_none(judged, verb, login):
    before = judged.own
    outcome, _ = judged.say(f"/loadstone {verb}", login=login, gone=True)
    assert (outcome.good, outcome.undelivered) == (True, ())
    assert "the comment was deleted" in outcome.lines[-1]
    assert judged.replies == judged.world.repository.dispatches == []
    assert judged.own == before


def test_a_command_that_is_deleted_once_it_is_obeyed_has_not_failed(bot):
    def race():
        for each in [each for each in bot.world.comments if each.body.startswith("/loadstone")]:
            del bot.world.repository.comments[each.id]

    bot.world.fake.faults.append(Fault(verb="POST", path="/dispatches$", kind=Kind.RACE, race=race))
    outcome, _ = bot.say("/loadstone run")
    assert outcome.good
    assert len(bot.world.repository.dispatches) == 1
    assert bot.replies == []


def test_a_mode_without_comments_has_none_of_a_command(bot):
    bot.config = parse("component: c\nscenario: s\ncomment: never\n", "loadstone.yaml")
    bot.say("/loadstone run")
    assert bot.own is None

"""The command `rerun`: what is dispatched for what the last results leave unsettled."""

from dataclasses import replace

import pytest

from loadstone.bot import commands
from loadstone.bot.asked import asked
from loadstone.bot.asked_by_command import otherwise
from loadstone.bot.commands import Command, CommandRefusal
from loadstone.bot.grammar import Verb
from loadstone.bot.more_rounds import MoreRounds
from loadstone.bot.rerun import EarlierResult, added_to, rerun
from loadstone.errors import UsageError
from loadstone.model.bot import DispatchEvent
from tests.bot.made import HEAD, MERGE_BASE, ONE, SEVERAL, config, facts

MORE = MoreRounds(run=9, attempt=1, done=6, rounds=4, cases=[2])
EARLIER = EarlierResult(run=9, attempt=1, sha=HEAD, event="pull_request", more={"proxy": MORE})
PLAIN = Command(verb=Verb.RERUN)
OF_PROXY = Command(verb=Verb.RERUN, options={"component": "proxy"})


def line(found):
    assert isinstance(found, Command), found
    return commands.line(found, own=True)


def dispatch(command):
    return DispatchEvent(
        inputs={"command": command, "number": "17", "head": HEAD}, ref="refs/heads/main"
    )


def test_what_is_not_settled_is_said_with_the_run_that_it_is_added_to():
    said = line(rerun(PLAIN, [EARLIER], sha=HEAD))
    assert said == "/loadstone rerun event=pull_request from=9.1 more=proxy@6+4:2"
    (ask,) = asked(dispatch(said), config(), facts()).asks
    assert (ask.base, ask.head, ask.more) == (MERGE_BASE, HEAD, MORE)
    assert otherwise(dispatch(said)) is False


def test_rounds_are_added_by_the_words_by_which_there_are_some():
    before = commands.parse("/loadstone run tier=long rounds=6 ingress-churn component=proxy")
    assert isinstance(before, Command)
    earlier = replace(EARLIER, event="comment", command=before)
    said = line(rerun(PLAIN, [earlier], sha=HEAD))
    (ask,) = asked(dispatch(said), config(), facts()).asks
    assert (ask.tier, ask.looks, ask.scenarios) == ("long", (6,), ("ingress-churn",))
    assert ask.more == MORE
    assert otherwise(dispatch(said)) is True
    first = added_to(dispatch(said))
    (ask,) = asked(first, config(), facts()).asks
    assert (ask.tier, ask.looks, ask.more) == ("long", (6,), None)


def test_the_settings_of_the_event_are_those_of_the_earlier_run():
    text = ONE + "events: {pull_request: {tier: long}, comment: {tier: quick}}\n"
    said = line(rerun(PLAIN, [EARLIER], sha=HEAD))
    assert asked(dispatch(said), config(text), facts()).asks[0].tier == "long"
    assert asked(added_to(dispatch(said)), config(text), facts()).asks[0].tier == "long"


@pytest.mark.parametrize("results", [[], [replace(EARLIER, sha="e" * 40)]])
def test_without_a_result_of_this_commit_it_is_measured_anew(results):
    assert rerun(PLAIN, results, sha=HEAD) == PLAIN


def test_what_is_settled_is_not_measured_again():
    settled = replace(EARLIER, more={}, settled={"proxy": replace(MORE, rounds=1, cases=[1, 2])})
    found = rerun(PLAIN, [settled], sha=HEAD)
    assert isinstance(found, CommandRefusal)
    assert "/loadstone run" in found.hint
    said = line(rerun(Command(verb=Verb.RERUN, options={"rounds": "8"}), [settled], sha=HEAD))
    (ask,) = asked(dispatch(said), config(), facts()).asks
    assert ask.more == replace(MORE, rounds=8, cases=[1, 2])
    assert ask.looks is None


def test_a_number_of_rounds_is_of_what_is_not_settled_where_something_is_not():
    other = {"controller": replace(MORE, rounds=1, cases=[1, 2, 3])}
    said = line(
        rerun(
            Command(verb=Verb.RERUN, options={"rounds": "8"}),
            [replace(EARLIER, settled=other)],
            sha=HEAD,
        )
    )
    assert "more=proxy@6+8:2" in said
    assert "controller" not in said


def test_of_several_measurings_one_has_to_be_chosen():
    other = replace(EARLIER, run=11, more={"controller": replace(MORE, run=11)})
    found = rerun(PLAIN, [EARLIER, other], sha=HEAD)
    assert isinstance(found, CommandRefusal)
    assert "`controller`, `proxy`" in found.what
    said = line(rerun(OF_PROXY, [EARLIER, other], sha=HEAD))
    (ask,) = asked(dispatch(said), config(SEVERAL), facts()).asks
    assert ask.label == "proxy"


def test_nobody_but_the_bot_says_which_rounds():
    said = line(rerun(PLAIN, [EARLIER], sha=HEAD))
    found = commands.parse(said)
    assert isinstance(found, CommandRefusal)
    assert "there is no option" in found.what


@pytest.mark.parametrize(
    "words", ["from=9.1", "more=proxy@6+4:2", "from=9.1 more=proxy@6+4:2 event=push"]
)
def test_half_of_what_is_needed_is_an_error(words):
    with pytest.raises(UsageError):
        asked(dispatch(f"/loadstone rerun {words}"), config(), facts())

"""Slash commands: what is one, what it says, and what is said of one that is wrong."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loadstone.bot import safe_words
from loadstone.bot.commands import MOST, Command, CommandRefusal, line, parse
from loadstone.bot.grammar import SYNTAX, Verb, help_table, usage

PAGE = Path(__file__).parents[2] / "docs/reference/commands.md"


def command(text):
    found = parse(text)
    assert isinstance(found, Command), found
    return found


def refusal(text):
    found = parse(text)
    assert isinstance(found, CommandRefusal), found
    return f"{found.what}: {found.hint}"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "thanks",
        "> /loadstone run",
        " /loadstone run",
        "    /loadstone run",
        "please /loadstone run",
        "thanks\n/loadstone run",
        "/loadstoned run",
        "/loadstone-run",
        "`/loadstone run`",
        "\n/loadstone run",
        "/Loadstone run",
    ],
)
def test_nothing_but_a_first_line_that_begins_so_is_a_command(body):
    assert parse(body) is None


def test_a_command_says_scenarios_and_options():
    found = command(
        "/loadstone run ingress-latency perf/own.yaml base=v1.2 tier=pr rounds=12\nthanks"
    )
    assert found.verb is Verb.RUN
    assert found.words == {"scenario": ("ingress-latency", "perf/own.yaml")}
    assert found.options == {"base": "v1.2", "tier": "pr", "rounds": "12"}


def test_a_case_may_have_equals_signs_and_be_quoted():
    case = "ingress-latency/connections=100,rate=1000"
    assert command(f"/loadstone explain {case} latency_p99").word("case") == case
    for quoted in (f"`{case}`", f'"{case}"'):
        assert command(f"/loadstone explain {quoted} latency_p99").word("case") == case
    spaced = command('/loadstone explain "own/path=a b" latency_p99 component=proxy')
    assert (spaced.word("case"), spaced.word("metric")) == ("own/path=a b", "latency_p99")
    assert spaced.options == {"component": "proxy"}
    for quoted in ('"own/path=a b"', "`own/path=a b`"):
        found = command(f"/loadstone bisect case={quoted} metric=latency_p99")
        assert found.options == {"case": "own/path=a b", "metric": "latency_p99"}


def test_a_reason_is_all_that_is_left():
    found = command("/loadstone accept * latency_p99 it's TLS 1.3 only (size=8%), see #12")
    assert found.word("case") == "*"
    assert found.word("reason") == "it's TLS 1.3 only (size=8%), see #12"
    found = command("/loadstone accept a/b m component=proxy because it is fine")
    assert (found.options, found.word("reason")) == ({"component": "proxy"}, "because it is fine")


@pytest.mark.parametrize("verb", ["rerun", "cancel", "baseline", "bisect", "help"])
def test_some_need_no_more_than_their_word(verb):
    assert command(f"/loadstone {verb}").verb == verb


@pytest.mark.parametrize("body", ["/loadstone", "/loadstone ", "/loadstone\t", "/loadstone\nrun"])
def test_nothing_more_is_a_call_for_help(body):
    assert command(body).verb is Verb.HELP


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("/loadstone rnu", "did you mean `run`?"),
        ("/loadstone zzzzzz", "there are `run`, `rerun`"),
        ("/loadstone run teir=pr", "did you mean `tier`?"),
        ("/loadstone run tier=pr tier=pr", "`tier` is there twice"),
        ("/loadstone run rounds=1", "2 to 100"),
        ("/loadstone run rounds=1000", "2 to 100"),
        ("/loadstone run rounds=٣", "2 to 100"),
        ("/loadstone run base=v1..v2", "a branch, tag, version or commit"),
        ("/loadstone run head=--upload-pack=x", "a branch, tag, version or commit"),
        ("/loadstone run base=a@{1}", "a branch, tag, version or commit"),
        ("/loadstone run base=$(id)", "a branch, tag, version or commit"),
        ("/loadstone run base=", "a branch, tag, version or commit"),
        ("/loadstone run ../../etc/passwd", "a file of the repository"),
        ("/loadstone run --provider", "a file of the repository"),
        ("/loadstone run /etc/passwd", "a file of the repository"),
        ("/loadstone run component=a/../../b", "a file of the repository"),
        ('/loadstone bisect case="a b metric=m', "`b` is one word too many"),
        ("/loadstone rerun now", "`now` is one word too many"),
        ("/loadstone cancel all", "write `/loadstone cancel`"),
        ("/loadstone explain", "the case is missing"),
        ("/loadstone explain a", "the metric is missing"),
        ("/loadstone accept a m", "the reason is missing"),
        ("/loadstone accept a m no", "3 to 400 characters"),
        ("/loadstone accept a m " + "x" * 401, "3 to 400 characters"),
        ("/loadstone explain a <b>", "a name"),
        ("/loadstone run " + "x" * MOST, f"at most {MOST}"),
    ],
)
def test_what_is_wrong_is_refused_with_a_way_out(body, said):
    assert said in refusal(body)


def test_a_refusal_quotes_a_stranger_so_that_nobody_is_mentioned():
    said = refusal("/loadstone `@everyone`[x](http://x)\u202e")
    assert said.startswith("there is no command `@everyone[x](http://x)`")
    assert "`" not in said.split("`")[1]


@given(st.text(max_size=200) | st.text(max_size=200).map("/loadstone {}".format))
@example('/loadstone explain "')
@example("/loadstone run =")
@example("/loadstone\x85run")
def test_no_text_crashes_it(text):
    found = parse(text)
    if isinstance(found, CommandRefusal):
        assert found.what


@given(st.sampled_from(list(Verb)), st.text(max_size=60), st.text(max_size=60))
def test_no_words_after_a_verb_crash_it(verb, words, more):
    parse(f"/loadstone {verb} {words} base={more}")


FILES = st.from_regex(r"[a-z][a-z0-9-]{0,10}(/[a-z]{1,5}\.yaml)?", fullmatch=True)
REVISIONS = st.from_regex(r"v?[0-9a-z]{1,8}(\.[0-9]{1,2})?", fullmatch=True)
CASES = st.text(min_size=1, max_size=30).filter(lambda text: not safe_words.case(text))
REASONS = (
    st.text(min_size=3, max_size=50)
    .map(str.strip)
    .filter(lambda text: not safe_words.reason(text) and not text.startswith("component="))
)
OPTIONS = {
    "base": REVISIONS,
    "head": REVISIONS,
    "rounds": st.integers(2, 100).map(str),
    "tier": st.sampled_from(["quick", "pr"]),
    "provider": st.sampled_from(["memory", "kind"]),
    "component": FILES,
    "case": CASES,
    "metric": st.sampled_from(["a", "latency_p99"]),
}


@st.composite
def made(draw):
    verb = draw(st.sampled_from(list(Verb)))
    syntax = SYNTAX[verb]
    kinds = {"scenario": FILES, "case": CASES, "metric": st.sampled_from(["a", "latency_p99"])}
    words = {}
    for argument in syntax.arguments:
        kind = kinds.get(argument.name, REASONS)
        many = draw(st.lists(kind, max_size=3)) if argument.many else [draw(kind)]
        if many:
            words[argument.name] = tuple(many)
    options = {name: draw(OPTIONS[name]) for name in syntax.options if draw(st.booleans())}
    return Command(verb=verb, words=words, options=options)


@given(made())
def test_a_command_that_is_written_down_is_read_as_the_same(given_):
    assert parse(line(given_)) == given_


def test_help_has_every_command():
    table = help_table()
    assert all(f"`{usage(verb)}`" in table for verb in Verb)
    assert usage(Verb.EXPLAIN) == "/loadstone explain <case> <metric> [component=…]"
    assert usage(Verb.HELP) == "/loadstone help"


def test_a_form_that_is_filled_in_as_it_stands_is_understood():
    form = usage(Verb.ACCEPT)
    for name, value in (("<case>", "a/b"), ("<metric>", "m"), ("[", ""), ("…]", "proxy")):
        form = form.replace(name, value)
    found = command(form.replace("<reason>", "because it is fine"))
    assert (found.options, found.word("reason")) == ({"component": "proxy"}, "because it is fine")


def test_the_page_is_made_of_the_grammar():
    text = PAGE.read_text(encoding="utf-8")
    assert help_table() in text
    examples = re.findall(r"^/loadstone .*$", text, flags=re.M)
    assert len(examples) > 5
    for each in examples:
        assert isinstance(parse(each), Command), each

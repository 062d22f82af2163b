from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from loadstone.errors import GithubFailed
from loadstone.github.comments import (
    CommentOutcome,
    Draft,
    find,
    update,
    upsert,
)
from loadstone.github.hidden_line import LIMIT
from loadstone.model.bot import UpsertComment
from tests.fakes.github.faults import Kind
from tests.github.conftest import NAME, OURS

LINE = "<!-- loadstone:v1 key=k -->"
WANTED = UpsertComment(number=1, key="k", body="the verdict")
MAKING = "/issues/1/comments$"


def said(world):
    """The comments' bodies below their markers."""
    return [comment.body.partition("\n")[2] for comment in world.comments]


def plant(world, login, body="planted", line=LINE):
    return world.fake.state.comment(NAME, 1, login, f"{line}\n{body}")


def of_run(run, body="the verdict"):
    return replace(WANTED, body=body, data={"run": str(run)})


def test_the_comment_is_made_once_and_then_edited(world, client):
    assert upsert(client, WANTED).outcome is CommentOutcome.CREATED
    assert upsert(client, replace(WANTED, body="another")).outcome is CommentOutcome.EDITED
    assert said(world) == ["another"]


def test_what_is_said_already_is_not_said_again(world, client):
    upsert(client, WANTED)
    assert upsert(client, WANTED).outcome is CommentOutcome.UNCHANGED
    assert world.comments[0].edits == []


def test_line_ends_of_github_make_no_difference(world, client):
    upsert(client, WANTED)
    world.comments[0].body = world.comments[0].body.replace("\n", "\r\n") + "\r\n"
    assert upsert(client, WANTED).outcome is CommentOutcome.UNCHANGED


def test_where_it_is_comes_back(client):
    made = upsert(client, WANTED)
    assert "/octo/widget/pull/1#issuecomment-" in made.url
    assert upsert(client, replace(WANTED, body="another")).url == made.url


def test_two_keys_are_two_comments(world, client):
    upsert(client, WANTED)
    upsert(client, replace(WANTED, key="other"))
    assert len(world.comments) == 2


def test_a_marker_that_a_stranger_planted_is_passed_over(world, client):
    theirs = plant(world, "stranger")
    upsert(client, WANTED)
    upsert(client, replace(WANTED, body="another"))
    assert said(world) == ["planted", "another"]
    assert theirs.edits == []


@pytest.mark.parametrize("login", ["github-actions", "github-actions-bot", "other-app[bot]"])
def test_a_name_that_looks_like_ours_is_a_stranger(world, client, login):
    plant(world, login)
    assert find(client, 1, "k") is None


def test_a_quoted_marker_of_our_own_is_no_comment_of_that_key(world, client):
    world.fake.state.comment(NAME, 1, OURS, f"> {LINE}\nthe words of somebody else")
    assert find(client, 1, "k") is None


def test_of_two_of_ours_the_oldest_survives(world, client):
    first = plant(world, OURS)
    plant(world, OURS)
    upsert(client, WANTED)
    assert [comment.id for comment in world.comments] == [first.id]
    assert said(world) == ["the verdict"]


def test_a_newer_state_is_not_set_back(world, client):
    upsert(client, of_run(7, "newer"))
    assert upsert(client, of_run(6, "older")).outcome is CommentOutcome.SUPERSEDED
    assert said(world) == ["newer"]


def test_the_same_run_may_say_something_new(world, client):
    upsert(client, of_run(7, "running"))
    upsert(client, of_run(7, "the verdict"))
    assert said(world) == ["the verdict"]


def test_of_two_of_ours_the_newest_words_survive(world, client):
    plant(world, OURS, "older", "<!-- loadstone:v1 key=k run=5 -->")
    plant(world, OURS, "newer", "<!-- loadstone:v1 key=k run=9 -->")
    assert upsert(client, of_run(7)).outcome is CommentOutcome.SUPERSEDED
    assert said(world) == ["newer"]


def test_what_was_kept_in_the_marker_is_found_again(client):
    data = {"run": "7", "state": "a b --> c"}
    upsert(client, replace(WANTED, data=data))
    found = find(client, 1, "k")
    assert found is not None
    assert (found.data, found.body) == (data, "the verdict")


def test_a_comment_that_is_not_to_be_made_is_not_made(world, client):
    assert upsert(client, replace(WANTED, create=False)).outcome is CommentOutcome.ABSENT
    assert world.comments == []


def test_a_comment_that_took_effect_though_it_failed_is_not_made_twice(world, client):
    world.fault(verb="POST", path=MAKING, status=502, after=True)
    upsert(client, WANTED)
    assert said(world) == ["the verdict"]


def test_a_comment_whose_answer_was_lost_is_not_made_twice(world, client):
    world.fault(verb="POST", path=MAKING, kind=Kind.DROP, after=True)
    upsert(client, WANTED)
    assert said(world) == ["the verdict"]


def test_a_comment_that_failed_before_it_took_effect_is_made(world, client):
    world.fault(verb="POST", path=MAKING, status=500, times=2)
    upsert(client, WANTED)
    assert said(world) == ["the verdict"]


def test_a_comment_that_fails_for_good_is_a_failure(world, client):
    world.fault(verb="POST", path=MAKING, status=500, times=100)
    with pytest.raises(GithubFailed, match="500"):
        upsert(client, WANTED)


def test_when_two_runs_make_it_at_once_one_survives(world, client):
    other = world.client()
    world.fault(
        verb="POST",
        path=MAKING,
        kind=Kind.RACE,
        race=lambda: plant(world, OURS, "the other run's", "<!-- loadstone:v1 key=k run=3 -->"),
    )
    upsert(client, of_run(4))
    assert said(world) == ["the verdict"]
    assert upsert(other, of_run(3, "late")).outcome is CommentOutcome.SUPERSEDED
    assert said(world) == ["the verdict"]


def test_the_older_of_two_runs_does_not_take_the_words_of_the_newer(world, client):
    world.fault(
        verb="POST",
        path=MAKING,
        kind=Kind.RACE,
        race=lambda: plant(world, OURS, "newer", "<!-- loadstone:v1 key=k run=9 -->"),
    )
    assert upsert(client, of_run(4)).outcome is CommentOutcome.SUPERSEDED
    assert said(world) == ["newer"]


def test_of_many_runs_at_once_one_comment_survives(world):
    clients = [world.client() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda pair: upsert(pair[1], of_run(pair[0])), enumerate(clients)))
    assert said(world) == ["the verdict"]


def test_a_list_that_lags_makes_two_only_until_the_next_look(world, client):
    world.fake.state.lag = 2
    upsert(client, WANTED)
    upsert(world.client(), WANTED)
    for comment in world.comments:
        comment.hidden = 0
    upsert(world.client(), replace(WANTED, body="later"))
    assert said(world) == ["later"]


def test_a_comment_that_somebody_deletes_meanwhile_is_made_anew(world, client):
    upsert(client, WANTED)
    world.fault(verb="PATCH", kind=Kind.RACE, race=world.repository.comments.clear)
    upsert(client, replace(WANTED, body="another"))
    assert said(world) == ["another"]


def test_a_second_one_that_the_other_run_deleted_is_no_failure(world, client):
    plant(world, OURS)
    second = plant(world, OURS)
    world.fault(
        verb="DELETE", kind=Kind.RACE, race=lambda: world.repository.comments.pop(second.id)
    )
    upsert(client, WANTED)
    assert said(world) == ["the verdict"]


def test_a_locked_conversation_is_a_failure_in_words(world, client):
    world.repository.pulls[1].locked = True
    with pytest.raises(GithubFailed, match="issue is locked"):
        upsert(client, WANTED)


def test_no_comment_is_refused_for_its_length(world, client):
    upsert(client, replace(WANTED, body="word\n" * 50_000, data={"state": "s" * 3000}))
    assert len(world.comments[0].body) <= LIMIT


def test_a_deleted_users_comment_is_read_over(world, client):
    theirs = plant(world, "ghost")
    theirs.user.login = ""
    upsert(client, WANTED)
    assert said(world)[-1] == "the verdict"


def test_the_comment_behind_three_pages_of_talk_is_edited_not_made_again(world, client):
    for _ in range(320):
        world.fake.state.comment(NAME, 1, "somebody", "talk")
    upsert(client, WANTED)
    upsert(world.client(), replace(WANTED, body="another"))
    assert said(world)[-1] == "another"
    assert len(world.comments) == 321


def test_one_that_is_found_early_spares_the_pages_after_it(world, client):
    upsert(client, WANTED)
    for _ in range(320):
        world.fake.state.comment(NAME, 1, "somebody", "talk")
    world.fake.exchanges.clear()
    upsert(client, replace(WANTED, body="another"))
    assert len(world.asked) == 2


def adding(name):
    """A change that adds a name to those that the comment has."""

    def change(own):
        names = f"{own.data['names']} {name}" if own else name
        return Draft(body=names, data={"names": names})

    return change


def overtaken(world, name, times):
    """The same, while another run adds one of its own, so many times."""
    others = iter([world.client() for _ in range(times)])

    def change(own):
        for other in itertools.islice(others, 1):
            update(other, 1, "k", adding("other"))
        return adding(name)(own)

    return change


def test_what_follows_from_what_was_said_is_written_upon_it(world, client):
    for name in ("one", "two", "three"):
        update(client, 1, "k", adding(name))
    assert said(world) == ["one two three"]


def test_what_another_wrote_in_between_is_not_lost(world, client):
    update(client, 1, "k", adding("one"))
    assert update(client, 1, "k", overtaken(world, "two", 1)).outcome is CommentOutcome.EDITED
    assert said(world) == ["one other two"]


def test_what_another_made_in_between_is_not_lost(world, client):
    other = world.client()
    race = partial(update, other, 1, "k", adding("other"))
    world.fault(verb="POST", path=MAKING, kind=Kind.RACE, race=race)
    update(client, 1, "k", adding("one"))
    assert said(world) == ["other one"]


def test_what_another_wrote_over_at_the_same_time_is_said_again(world, client):
    update(client, 1, "k", adding("one"))
    first = world.comments[0].body
    theirs = first.replace("revision=1", "revision=2").replace("names=one", "names=one%20other")
    late = iter([theirs.replace("\none", "\none other")])  # of who looked before this one wrote

    def sleep(_):
        world.comments[0].body = next(late, world.comments[0].body)

    waited = world.client(sleep=sleep)
    update(waited, 1, "k", adding("two"))
    assert said(world) == ["one other two"]


def test_who_is_overtaken_again_and_again_gives_up_in_words(world, client):
    with pytest.raises(GithubFailed, match="all the time"):
        update(client, 1, "k", overtaken(world, "one", 10))


def test_a_change_that_is_none_leaves_the_comment(world, client):
    assert update(client, 1, "k", lambda _: None).outcome is CommentOutcome.ABSENT
    update(client, 1, "k", adding("one"))
    assert update(client, 1, "k", lambda _: None).outcome is CommentOutcome.UNCHANGED


def test_an_effect_that_is_sent_again_later_does_not_set_back(world, client):
    late = replace(WANTED, data={"revision": "1"})
    upsert(client, late)
    assert upsert(client, late).outcome is CommentOutcome.UNCHANGED
    upsert(client, replace(WANTED, body="later", data={"revision": "2"}))
    assert upsert(client, late).outcome is CommentOutcome.SUPERSEDED
    assert said(world) == ["later"]

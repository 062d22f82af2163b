"""A wait that is long says what it waits for; a side whose time is up says so itself."""

import time
from types import SimpleNamespace
from typing import Any, cast

import pytest

from loadstone.measure.expectations.board import PendingCopy
from loadstone.measure.expectations.tracker import Tracker
from loadstone.measure.http.route import Route
from loadstone.measure.steps.lockstep import PartnerGone
from loadstone.measure.steps.long_wait import of_copies, telling
from loadstone.measure.steps.routes import PendingRoute
from loadstone.model import Note

WAITING = Note.of("waiting", template="map", copies=1, right=0, said="")


class ToldScene:
    """What a wait needs of a scene."""

    def __init__(self, gone: bool = False) -> None:
        self.told: list[Note] = []
        self.tell, self.gone = self.told.append, gone

    def check(self) -> None:
        if self.gone:
            raise PartnerGone("the other side has broken off")


def check_of(scene: ToldScene, **more: float) -> Any:
    return telling(cast(Any, scene), lambda: WAITING, **more)


def test_a_wait_is_told_of_once_it_is_long_and_not_at_every_look():
    scene = ToldScene()
    check = check_of(scene, first=0.05)
    check()
    assert scene.told == []
    time.sleep(0.06)
    check()
    check()
    assert scene.told == [WAITING]


def test_a_side_whose_time_is_nearly_up_says_what_it_lacked_itself():
    check_of(ToldScene(gone=True), deadline=time.monotonic() + 0.5)()
    with pytest.raises(PartnerGone):
        check_of(ToldScene(gone=True), deadline=time.monotonic() + 30)()
    with pytest.raises(PartnerGone):
        check_of(ToldScene(gone=True))()


def test_it_says_how_many_are_right_and_what_the_first_of_the_others_lacks():
    expected = SimpleNamespace(dial="", wanted=1, subject="Website w0")
    right = PendingCopy(trackers=[], right_at=1.0)
    late = PendingCopy(trackers=[Tracker(cast(Any, expected))])
    note = of_copies("object", [right, late, late])()
    assert note.data == {
        "template": "object",
        "copies": 3,
        "right": 1,
        "said": "there is no Website w0",
    }
    route = Route(host="a.test", path="/x", status=200, headers={})
    asked = PendingRoute(route=route, deadline=0.0, why="404 instead of 200")
    assert of_copies("app", [asked])().data["said"] == f"{route.url}: 404 instead of 200"

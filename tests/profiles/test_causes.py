"""Costs of the machine room are those of who asked for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.profiles import machine_room
from loadstone.profiles.causes import cause
from loadstone.profiles.function_costs import function_costs
from loadstone.profiles.machine_room import RoomSort
from loadstone.profiles.pprof import parse
from loadstone.profiles.units import SampleType
from tests.profiles import made

FIXTURES = Path(__file__).parent.parent / "data" / "profiles"


@pytest.mark.parametrize(
    ("stack", "function", "room"),
    [
        ("main.main;main.work", "main.work", None),
        ("main.serve;bytes.growSlice;runtime.growslice;runtime.mallocgc", "bytes.growSlice",
         RoomSort.ALLOCATION),
        ("main.serve;runtime.newobject;runtime.mallocgc;runtime.gcAssistAlloc;runtime.scanobject",
         "main.serve", RoomSort.ALLOCATION),
        ("main.serve;runtime.memmove", "main.serve", RoomSort.COPY),
        ("net.(*conn).Read;internal/poll.(*FD).Read;syscall.Read;syscall.Syscall",
         "net.(*conn).Read", RoomSort.SYSCALL),
        ("main.wait;time.Now;time.runtimeNow", "main.wait", RoomSort.CLOCK),
        ("main.write;internal/runtime/syscall.Syscall6", "main.write", RoomSort.SYSCALL),
        ("main.write;runtime/internal/syscall.Syscall6", "main.write", RoomSort.SYSCALL),
        ("main.serve;sync.(*Mutex).Lock;sync.(*Mutex).lockSlow;runtime.futex", "main.serve",
         RoomSort.LOCK),
        ("runtime.mcall;runtime.park_m;runtime.schedule;runtime.findRunnable;runtime.futex",
         "[scheduling]", RoomSort.SCHEDULING),
        ("runtime.gcBgMarkWorker;runtime.systemstack;runtime.gcDrain", "[collection]",
         RoomSort.COLLECTION),
        ("app;std::vector::push;operator new(unsigned long);malloc", "std::vector::push",
         RoomSort.ALLOCATION),
        ("app;send_all;__libc_send;entry_SYSCALL_64_after_hwframe;tcp_sendmsg_[k]", "send_all",
         RoomSort.SYSCALL),
    ],
)  # fmt: skip
def test_a_stack_ends_at_the_last_function_that_is_nobodys_machine_room(stack, function, room):
    found = cause(tuple(stack.split(";")))
    assert (found.stack[-1], found.room) == (function, room)


@pytest.mark.parametrize(
    "name",
    [
        "main.main",
        "crypto/sha256.block",
        "encoding/json.(*decodeState).object",
        "net/http.(*conn).serve",
        "read",
        "runtime/pprof.writeHeap",
        "github.com/a/runtime.Do",
        "bytes.(*Buffer).grow",
        "reading.parse",
    ],
)
def test_what_has_a_purpose_of_its_own_is_no_machine_room(name):
    assert not machine_room.generic(name)


@pytest.mark.parametrize(
    "stack",
    [
        "net/http/pprof.Index;runtime/pprof.writeHeapProto;compress/gzip.(*Writer).Write",
        "net/http.(*conn).serve;net/http/pprof.Profile;runtime/pprof.StartCPUProfile",
        "runtime/pprof.profileWriter;runtime/pprof.(*profileBuilder).build",
    ],
)
def test_what_answers_for_profiles_is_nobodys_cost(stack):
    assert cause(tuple(stack.split(";"))).stack == ()


@pytest.mark.parametrize(
    "stack",
    [
        "main.serve;runtime/pprof.Do;main.serve.func1;main.work",
        "main.serve;runtime/pprof.WithLabels",
        "main.serve;runtime/pprof.SetGoroutineLabels",
        "main.serve;runtime/pprof.(*labelMap).String",
    ],
)
def test_work_that_a_program_labels_for_its_profiles_is_its_own(stack):
    whole = tuple(stack.split(";"))
    assert cause(whole).stack == whole


def test_memory_of_the_runtime_itself_is_told_in_one():
    """What it was for depends on the toolchain, and all of it was allocated."""
    whole = "runtime.systemstack;runtime.newproc1;runtime.malg"
    held = SampleType(name="inuse_space", unit="bytes")
    profile = made.profile({whole: 3, "runtime.schedinit;runtime.itabsinit": 4}, kind=held)
    assert function_costs(profile, "inuse_space").own == {"[runtime]": 7.0}
    assert list(function_costs(made.profile({whole: 3}), "cpu").own) == ["[scheduling]"]


def test_the_machine_room_that_calls_everything_has_no_costs():
    profile = made.profile({"runtime.goexit;runtime.main;main.main;main.work": 5})
    assert set(function_costs(profile, "cpu").total) == {"main.main", "main.work"}


def test_a_profile_of_locks_is_of_who_held_them_and_one_of_waits_of_who_waited():
    costs = {
        kind: function_costs(parse((FIXTURES / f"go-{kind}-held.pb.gz").read_bytes()), "delay")
        for kind in ("mutex", "block")
    }
    assert list(costs["mutex"].own) == ["main.slow"]
    assert costs["mutex"].own["main.slow"] == pytest.approx(0.08424, abs=1e-5)
    assert costs["block"].own["main.quick"] == pytest.approx(0.08438, abs=1e-5)
    assert list(costs["block"].rooms["main.quick"]) == [RoomSort.LOCK]


def test_lines_are_cut_off_with_their_functions():
    found = cause(("main.a", "main.b", "runtime.memmove"), (10, 20, 30))
    assert (found.stack, found.lines) == (("main.a", "main.b"), (10, 20))


def test_nothing_of_a_real_profile_is_lost_or_counted_twice():
    profile = parse((FIXTURES / "traefik-3.7.15-cpu.pb.gz").read_bytes())
    found = function_costs(profile, "cpu")
    assert found.sum == pytest.approx(0.74)
    assert sum(found.own.values()) == pytest.approx(0.73)  # one sample has no function
    rooms = sum(sum(each.values()) for each in found.rooms.values())
    assert 0.3 * found.sum < rooms < found.sum
    assert not [name for name in found.own if name.startswith("runtime.")]
    assert found.files["net/http.(*conn).serve"].path.endswith("net/http/server.go")

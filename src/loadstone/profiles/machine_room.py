"""The machine room: generic functions of runtimes, which many call and which tell nobody's fault.

`runtime.memmove` is slow because somebody copies much. Costs of such functions are folded into the
first caller that is not one (`causes.py`), and `kind` says what sort of cost it was. Only functions
that every program has are here, of Go's runtime, of C libraries and of the kernel; what has a
purpose of its own (`encoding/json`, `crypto/sha256`) never is.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache


class RoomSort(StrEnum):
    """The sort of work that a runtime or the system does on somebody's behalf."""

    ALLOCATION = "allocation"
    COLLECTION = "collection"
    COPY = "copying"
    CLOCK = "clock reads"
    SYSCALL = "system calls"
    LOCK = "locks"
    SCHEDULING = "scheduling"
    OTHER = "runtime"


# Packages of Go that are machine room as a whole; `internal/runtime/…` was `runtime/internal/…`.
_PACKAGES = re.compile(
    r"^(runtime|runtime/internal/[\w/]+|internal/runtime/[\w/]+|runtime/internal|internal/bytealg"
    r"|internal/abi|internal/chacha8rand|internal/cpu|internal/sync|sync/atomic|internal/race|syscall"
    r"|internal/syscall/[\w/]+|golang\.org/x/sys/unix)\.(?!main$)"
)
_SYNC = re.compile(
    r"^sync\.\(\*(Mutex|RWMutex|rlocker|Pool|poolChain|poolDequeue|Once|WaitGroup)\)"
)
_CLOCK = re.compile(r"^time\.(now|Now|Since|Until|runtimeNow|runtimeNano)$")
_POLL = re.compile(r"^internal/poll\.(runtime_|ignoringEINTR|\(\*(fdMutex|pollDesc|FD)\))")
# What answers for profiles. Programs name their own work by `pprof.Do` and labels.
_PROFILING = re.compile(
    r"^(net/http/pprof\.|runtime/pprof\.(?!(Do|\w*Labels?\w*|\(\*?[lL]abel\w*\).*)(\.|$)))"
)
_ASSEMBLY = frozenset(
    [
        "aeshashbody",
        "cmpbody",
        "memeqbody",
        "indexbody",
        "indexbytebody",
        "countbody",
        "gogo",
        "callRet",
        "gosave_systemstack_switch",
        "debugCall32",
        "racecall",
        "_rt0_amd64_linux",
        "setg_gcc",
    ]
)
_NATIVE = re.compile(
    r"^(_*(GI_|libc_|int_)*(malloc|free|calloc|realloc|memalign|posix_memalign|aligned_alloc|mmap|munmap|madvise|"
    r"brk|sbrk|mem(cpy|move|set|cmp|chr)|str(len|cmp|ncmp|cpy|chr))(_\w+)?"
    r"|operator (new|delete)(\[\])?(\(.*)?|tcmalloc::.*|je_\w+|jemalloc\w*|mi_(malloc|free)\w*"
    r"|_*(pthread_(mutex|cond|rwlock|spin)\w*|lll_\w+|futex\w*)"
    r"|_+(GI_+|libc_)*(read|write|readv|writev|recv|send|recvfrom|sendto|recvmsg|sendmsg|poll)(@.*)?"
    r"|_*(syscall|epoll_p?wait|clone3?|clock_nanosleep|start_thread|libc_start_\w+)(@.*)?"
    r"|entry_SYSCALL\w*|do_syscall\w*|x64_sys_call"
    r"|__x64_sys_\w+|ret_from_fork\w*|.*_\[k\])$"
)
_KINDS: tuple[tuple[RoomSort, re.Pattern[str]], ...] = (
    (
        RoomSort.COLLECTION,
        re.compile(
            r"runtime\.(gc|bgsweep|bgscavenge|sweep|scan|mark|grey|drain|wb|forEachP|\(\*(gcWork|gcBits|gcControl\w*"
            r"|sweepLocked|scavenge\w*|limiter\w*|gcCPULimiter\w*)\)|typePointers|findObject|spanOf|markBits|tryDefer"
            r"|runfinq|GC|_GC|heapBits|cgcall|unspill|bulkBarrier|typedmemmove_gc|procyield_gc|clearpools|flushmcache)"
        ),
    ),
    (
        RoomSort.ALLOCATION,
        re.compile(
            r"runtime\.(malloc|newobject|newarray|makeslice|makechan|makemap|growslice|alloc|persistentalloc|rawbyteslice"
            r"|rawstring|concatstring|slicebytetostring|stringtoslice|intstring|conv[TI]|nextFree|memclr|stkbucket|mProf"
            r"|profilealloc|deductAssist|publicationBarrier|postMalloc|newstack|morestack|copystack|stackalloc|stackfree"
            r"|acquireSudog|malg|allocm|newproc|newm|\(\*(mcache|mcentral|mheap|mspan|fixalloc|pageAlloc|linearAlloc"
            r"|stackpool)\)|sysAlloc|sysMap|sysUsed|sysHugePage|madvise|mmap|map(assign|clone)|hashGrow|growWork|evacuate)"
            r"|^internal/runtime/maps\.(New|New\w+|\(\*Map\)\.grow\w*|\(\*table\)\.(grow|rehash|split)\w*)"
            r"|^_*(GI_|libc_|int_)*(malloc|free|calloc|realloc|memalign|posix_memalign|aligned_alloc|mmap|munmap|madvise|brk|sbrk)"
            r"|^operator (new|delete)|^tcmalloc::|^je_|^jemalloc|^mi_|^sync\.\(\*Pool"
        ),
    ),
    (
        RoomSort.COPY,
        re.compile(r"runtime\.(memmove|typedmemmove|typedslicecopy|slicecopy|duff\w+|memequal|memhash|strhash|cmpstring)"
                   r"|^_*(GI_)*(mem|str)\w+|bytealg|^(mem|cmp|index|count)\w*body|^aeshashbody"),
    ),
    (
        RoomSort.LOCK,
        re.compile(r"runtime\.(lock|unlock|sema|futex|\(\*(mutex|rwmutex|semaRoot|lockTimer)\)|sync_|notifyList|procyield|osyield)"
                   r"|^(internal/)?sync\.|pthread_(mutex|cond|rwlock|spin)|^_*lll_|^_*futex|sync_runtime"),
    ),
    (
        RoomSort.CLOCK,
        re.compile(r"^time\.|runtime\.(vdso\w*|nanotime\w*|walltime\w*|time_now|cputicks)"),
    ),
    (
        RoomSort.SYSCALL,
        re.compile(r"[sS]yscall|^internal/poll\.|runtime\.(entersyscall|exitsyscall|cgocall|asmcgocall|read|write|epoll\w*"
                   r"|netpoll\w*|usleep)|x/sys/unix\.|SYSCALL|_\[k\]$|^_*(read|write|recv|send|epoll|poll)"),
    ),
    (
        RoomSort.SCHEDULING,
        re.compile(r"runtime\.(schedule|findRunnable|findrunnable|mcall|park|gopark|goready|ready|wakep|startm|stopm|execute"
                   r"|runq|steal|resetspinning|injectglist|mstart|notesleep|notewakeup|notetsleep|goexit0|gosched|goschedImpl"
                   r"|sysmon|retake|preempt|asyncPreempt|checkTimers|runtimer|\(\*timers?\)|pidle|handoffp|pMask|send|recv"
                   r"|chan|select|closechan|casgstatus|dropg|globrunq|mPark|checkRunqs|checkTimersNoP|releasep|acquirep|systemstack)"),
    ),
)  # fmt: skip


@lru_cache(maxsize=65_536)
def generic(name: str) -> bool:
    """Whether a function is machine room. `runtime.main`, which calls all the rest, is too."""
    return bool(
        _PACKAGES.match(name)
        or name in _ASSEMBLY
        or _SYNC.match(name)
        or _POLL.match(name)
        or _CLOCK.match(name)
        or _NATIVE.match(name)
        or name in ("runtime.main", "runtime.goexit")
    )


@lru_cache(maxsize=65_536)
def profiling(name: str) -> bool:
    """Whether a function answers for a profile of its program, or takes it."""
    return bool(_PROFILING.match(name))


@lru_cache(maxsize=65_536)
def kind(name: str) -> RoomSort:
    """The sort of work of a function of the machine room."""
    for room, pattern in _KINDS:
        if pattern.search(name):
            return room
    return RoomSort.OTHER

"""Admission of an artifact's runs to a plan that is ours: what is taken, and what is refused.

The plan is made by whoever calls this, from the files of the base revision: cases, metrics,
margins, policy and revisions are its own. Of the artifact come the runs that were planned: numbers
by names that we know. Their values are worked out anew from their quantities, by the plan's
sources. Plans, judgements, environments, profile diffs and texts of it are not taken.

A job that runs foreign code can still invent its numbers: nothing here can tell. What it cannot do
is to make us crash, wait, write, or say anything but our own words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from loadstone.model import (
    CasePlan,
    Design,
    Environment,
    Note,
    Plan,
    Record,
    Revision,
    Run,
    Shard,
    Side,
    reasons,
    values,
)
from loadstone.store.untrusted import claims, mixed_pairs
from loadstone.store.untrusted.artifact_limits import Limits
from loadstone.store.untrusted.claims import ClaimedRevision, ClaimedRun, ClaimedSession
from loadstone.store.untrusted.contents_read import ArtifactFiles
from loadstone.store.untrusted.encoded_histograms import sound
from loadstone.store.untrusted.vocabulary import HISTOGRAMS, Vocabulary

UNVERIFIED = "unverified"  # key of an environment that nobody but the artifact knows
_ROUNDS = "rounds.jsonl"
_SESSION = "session.json"
_HALVES = 20  # of mixed pairs, that crashes may have left in a log


@dataclass(frozen=True, kw_only=True)
class Admission:
    """The runs of an artifact that are admitted: a record to be judged anew, or None with why.

    `notes`: what was refused, in our own words. `whole`: nothing was; where it is not, what is left
    must not pass. `profiles`: files under new names, which the runs have.
    """

    record: Record | None = None
    shard: Shard | None = None  # as the artifact says, of whose cases alone it has runs
    notes: Sequence[Note] = ()
    whole: bool = False
    profiles: Mapping[str, bytes] = field(default_factory=dict)


def admitted(
    artifact: ArtifactFiles,
    plan: Plan,
    words: Vocabulary,
    *,
    environment: Environment,
    rounds: int | None = None,
    limits: Limits | None = None,
) -> Admission:
    """Admit the runs of an artifact to `plan`.

    `environment`: where the runs were, as far as the caller knows; see `unverified`. `rounds`: the
    most of a case, those of the plan's last look by default. Raises nothing.
    """
    limits = limits or Limits()
    refused = artifact.refused or _absent(artifact)
    if refused is not None:
        return Admission(notes=[refused])
    said = claims.session(artifact.files[_SESSION], limits)
    if said is None:
        return Admission(notes=[Note.of("artifact-session")])
    unlike = list(_unlike(said, plan, environment))
    if unlike:
        return Admission(notes=unlike)
    taking = _RunSelection(artifact, plan, words, rounds or plan.policy.looks[-1], limits)
    runs = taking.runs()
    foreign = [Note.of("artifact-files", files=artifact.foreign)] if artifact.foreign else []
    started = _time(said.started)
    record = Record(
        plan=plan, environment=environment, runs=runs, started=started, finished=started
    )
    claimed = said.plan.shard
    return Admission(
        record=record if runs else None,
        shard=Shard(number=claimed.number, of=claimed.of) if claimed else None,
        notes=[*taking.notes(), *foreign, *([] if runs else [Note.of("artifact-no-runs")])],
        whole=bool(runs) and not taking.refused.total(),
        profiles=taking.profiles,
    )


def unverified(plan: Plan, harness: str) -> Environment:
    """An environment of which nothing is known but what was asked for; it is compared with none."""
    return Environment(provider=plan.provider, harness=harness, key=UNVERIFIED)


def _absent(artifact: ArtifactFiles) -> Note | None:
    for name in (_SESSION, _ROUNDS):
        if name not in artifact.files:
            return Note.of("artifact-incomplete", file=name)
    return None


def _unlike(said: ClaimedSession, plan: Plan, environment: Environment) -> Iterator[Note]:
    """In what an artifact is of something else than the plan; its words are not repeated."""
    for side, claimed, ours in (
        (Side.BASE, said.plan.base, plan.base),
        (Side.HEAD, said.plan.head, plan.head),
    ):
        if not _same(claimed, ours):
            yield Note.of("artifact-revision", side=side.value)
    for what, theirs, mine in (
        ("component", said.plan.component, plan.component),
        ("tier", said.plan.tier, plan.tier),
        ("provider", said.plan.provider, plan.provider),
        ("place", said.plan.place, plan.place),
        ("release of Loadstone", said.environment.harness, environment.harness),
    ):
        if theirs != mine:
            yield Note.of("artifact-other", what=what)
    shard = said.plan.shard
    if shard is not None and shard.number > shard.of:
        yield Note.of("artifact-other", what="shard")


def _same(claimed: ClaimedRevision, ours: Revision) -> bool:
    return claimed.commit == ours.commit if ours.commit else claimed.asked == ours.asked


class _RunSelection:
    """The taking of runs, one by one: what was refused is counted."""

    def __init__(
        self,
        artifact: ArtifactFiles,
        plan: Plan,
        words: Vocabulary,
        rounds: int,
        limits: Limits,
    ) -> None:
        self._artifact, self._words, self._limits = artifact, words, limits
        self._cases = {each.case.name: each for each in plan.cases}
        self._places = {each.case.name: place for place, each in enumerate(plan.cases)}
        self._rounds = rounds
        self._seen: set[tuple[str, Side, int]] = set()
        self.refused: Counter[str] = Counter()
        self.profiles: dict[str, bytes] = {}

    def runs(self) -> list[Run]:
        """The runs that were planned, each once, in the order in which they lie."""
        mixed = any(each.design is Design.MIXED for each in self._cases.values())
        most = len(self._cases) * len(Side) * self._rounds + (_HALVES if mixed else 0)
        found: list[ClaimedRun] = []
        lines = claims.runs(self._artifact.files[_ROUNDS], self._limits, most=most + 1)
        for number, line in enumerate(lines):
            if number == most:
                self.refused["runs-beyond"] += 1
            elif line is None:
                self.refused["runs-malformed"] += 1
            else:
                found.append(line)
        due = [line for line in mixed_pairs.not_parted(found) if self._due(line)]
        paired = mixed_pairs.whole(due)
        self.refused["runs-not-planned"] += len(due) - len(paired)
        return [self._run(line) for line in paired]

    def notes(self) -> list[Note]:
        """What was refused, a note for each kind."""
        told = {
            "runs-beyond": Note.of("runs-beyond"),
            "runs-malformed": Note.of("runs-malformed", runs=self.refused["runs-malformed"]),
            "runs-not-planned": Note.of("runs-not-planned", runs=self.refused["runs-not-planned"]),
            "runs-twice": Note.of("runs-twice", runs=self.refused["runs-twice"]),
            "parts-refused": Note.of("parts-refused", parts=self.refused["parts-refused"]),
        }
        return [note for kind, note in told.items() if self.refused[kind]]

    def _due(self, claimed: ClaimedRun) -> bool:
        """Whether a run was planned and is not there yet."""
        known = claimed.case in self._cases and claimed.side in {side.value for side in Side}
        if not known or not 1 <= claimed.round <= self._rounds or not _time(claimed.started):
            self.refused["runs-not-planned"] += 1
            return False
        if claimed.design != self._cases[claimed.case].design_of(claimed.round).value:
            self.refused["runs-not-planned"] += 1
            return False
        key = (claimed.case, Side(claimed.side), claimed.round)
        if key in self._seen:
            self.refused["runs-twice"] += 1
            return False
        self._seen.add(key)
        return True

    def _run(self, claimed: ClaimedRun) -> Run:
        plan = self._cases[claimed.case]
        words = self._words
        invalid = [note for note in map(words.note, claimed.invalid) if note is not None]
        if len(invalid) < len(claimed.invalid):  # a reason that is not known voids all the same
            self.refused["parts-refused"] += len(claimed.invalid) - len(invalid)
            invalid.append(Note.of("reason-withheld"))
        quantities = {
            name: value for name, value in claimed.quantities.items() if name in words.quantities
        }
        return Run(
            case=plan.case.name,
            side=Side(claimed.side),
            round=claimed.round,
            order=claimed.order,
            started=_time(claimed.started),
            seconds=claimed.seconds,
            values=reasons.kept(values(plan.sources, quantities), invalid, plan),
            quantities=quantities,
            histograms=self._histograms(claimed),
            series={name: each for name, each in claimed.series.items() if name in words.series},
            profiles=self._profiles(claimed, plan),
            invalid=tuple(dict.fromkeys(invalid)),
            notes=[note for note in map(words.note, claimed.notes) if note is not None],
            design=Design(claimed.design),
            lane=claimed.lane,
        )

    def _histograms(self, claimed: ClaimedRun) -> dict[str, str]:
        known = HISTOGRAMS | {name.rpartition(".")[0] for name in self._words.quantities}
        named = {name: text for name, text in claimed.histograms.items() if name in known}
        found = {name: text for name, text in named.items() if sound(text, self._limits)}
        self.refused["parts-refused"] += len(named) - len(found)
        return found

    def _profiles(self, claimed: ClaimedRun, plan: CasePlan) -> dict[str, str]:
        """The profiles of a run under names of ours; those that are not there are passed over."""
        found = {}
        for kind, name in claimed.profiles.items():
            data = self._artifact.files.get(name) if name.startswith("profiles/") else None
            if not self._words.is_profile(kind) or data is None:
                continue
            if len(data) > self._limits.profile:
                self.refused["parts-refused"] += 1
                continue
            case = f"case-{self._places[plan.case.name] + 1}"
            file = f"{claimed.side}-{claimed.round}-{kind.replace(' ', '_')}.pb.gz"
            path = f"profiles/{case}/{file}"
            self.profiles[path] = data
            found[kind] = path
        return found


def _time(text: str) -> str:
    """A moment as we write it, RFC 3339 in UTC; "" for what is none."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC).isoformat(timespec="seconds") if moment.tzinfo else ""
    except (ValueError, OverflowError):
        return ""

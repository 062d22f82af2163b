"""Sentences for what is refused of an artifact: no word of the artifact is in them."""

from __future__ import annotations

from loadstone.report.common.sentences.filling import Table

OF_ARTIFACTS: Table = {
    # nothing of it is taken
    "artifact-bomb": "the artifact was refused: a file of it unpacks to far more than its size",
    "artifact-incomplete": "the artifact was refused: it has no {file}",
    "artifact-link": "the artifact was refused: it holds a link or a device",
    "artifact-no-runs": "the artifact was refused: it has no run that was planned",
    "artifact-other": "the artifact was refused: its {what} is not the one that was asked for",
    "artifact-path": "the artifact was refused: it holds a name that no run writes",
    "artifact-revision": "the artifact was refused: its {side} is another commit",
    "artifact-session": "the artifact was refused: its session is not what a run writes",
    "artifact-too-large": "the artifact was refused: it is larger than any run is",
    "artifact-too-many-files": "the artifact was refused: it holds more files than any run has",
    "artifact-shards": "the artifacts were refused: they are not the shards of one run",
    "artifact-twice": "the artifact was refused: it holds two files of one name",
    "artifact-unreadable": "the artifact was refused: it is no archive that can be read",
    # a part of it is not
    "artifact-files": "{files:files} of the artifact that no run writes were not read",
    "parts-refused": "{parts:parts} of runs were not what a run writes, and were left out",
    "reason-withheld": "a reason that is none of ours",
    "runs-beyond": "the artifact has more runs than were planned; the rest was not read",
    "runs-malformed": "{runs:runs} of the artifact are not what a run writes, and were left out",
    "runs-not-planned": "{runs:runs} of the artifact were not planned, and were left out",
    "runs-twice": "{runs:runs} of the artifact are there already, and were left out",
    # of what is taken
    "artifact-unfinished": "the artifact ends before its schedule does: this is no pass",
    "artifact-not-whole": "not all of the artifact could be taken: this is no pass",
}

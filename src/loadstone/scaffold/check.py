"""The check of a repository's files for Loadstone: everything that is missing or unsafe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loadstone.errors import InvalidFile
from loadstone.scaffold.broken import ActionWords, broken
from loadstone.scaffold.finding import Finding, Severity
from loadstone.scaffold.gaps import gaps
from loadstone.scaffold.job_rights import lacking
from loadstone.scaffold.unsafe import unsafe
from loadstone.scaffold.workflow import Workflow, parse, uses_loadstone


def check(
    files: Mapping[str, str],
    words: ActionWords,
    *,
    configuration: str,
    own: bool = False,
    on_branch: bool = True,
) -> list[Finding]:
    """Findings over the workflows, by path from the root of the repository.

    `configuration`: the file that is there, "" for none. `own`: the repository is Loadstone's, and
    `./` its action. `on_branch`: baselines are kept on a branch.
    """
    read = {path: parse(path, content) for path, content in sorted(files.items())}
    good = [each for each in read.values() if isinstance(each, Workflow)]
    ours = [each for each in good if uses_loadstone(each, good, own=own)]
    found = [*_unread(read), *_configuration(configuration), *gaps(good, own=own)]
    for each in ours:
        found += unsafe(each, good, own=own)
        found += lacking(each, good, own=own, on_branch=on_branch)
        found += broken(each, good, words, own=own)
    return found


def _unread(read: Mapping[str, Workflow | InvalidFile]) -> Iterator[Finding]:
    for error in read.values():
        for problem in error.problems if isinstance(error, InvalidFile) else ():
            yield Finding(
                code="unread-workflow",
                severity=Severity.MISSING,
                where=problem.where,
                what=problem.what,
                mend=problem.hint or "write it in plain YAML",
            )


def _configuration(name: str) -> Iterator[Finding]:
    if not name:
        yield Finding(
            code="no-configuration",
            severity=Severity.MISSING,
            where=".github/loadstone.yaml",
            what="there is no configuration: nothing says what is measured",
            mend="loadstone init",
        )

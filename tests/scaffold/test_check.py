"""The check of workflows: each unsafe thing is found, by its line, in files that were safe."""

import pytest

from loadstone.scaffold.check import check
from loadstone.scaffold.drafts import CONFIGURATION, WORKFLOWS, drafts
from loadstone.scaffold.finding import Severity
from tests.scaffold.golden import ACTION, ACTION_WORDS, REPOSITORIES

GOOD = {
    draft.path.removeprefix(f"{WORKFLOWS}/"): draft.text
    for draft in drafts(REPOSITORIES["controller"], ACTION)
    if draft.path.startswith(WORKFLOWS)
}
STEP = "    steps:\n      - {}\n        {}\n"
COMMANDS, MAIN = "loadstone-commands.yml", "loadstone-main.yml"
MEASURE, DELIVER = "loadstone-measure.yml", "loadstone-deliver.yml"


def found(files, configuration=CONFIGURATION):
    return check(
        {f"{WORKFLOWS}/{name}": text for name, text in files.items()},
        ACTION_WORDS,
        configuration=configuration,
    )


def changed(name, old, new):
    assert old in GOOD[name]
    return {**GOOD, name: GOOD[name].replace(old, new, 1)}


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (MEASURE, "permissions: {}\n", "", "permissions-by-default"),
        (MEASURE, "permissions: {}", "permissions: read-all", "permissions-by-default"),
        (DELIVER, f"@{ACTION.sha} # v1.2.3", "@v1", "unpinned-action"),
        (MEASURE, "contents: read", "contents: write", "write-with-foreign-code"),
        (MEASURE, "contents: read", "id-token: write", "write-with-foreign-code"),
        ("loadstone.yml", "contents: read", "pull-requests: write", "write-with-foreign-code"),
        (MEASURE, 'token: ""', "token: ${{ secrets.TOKEN }}", "secrets-with-foreign-code"),
        (
            "loadstone.yml",
            "    with:\n",
            "    secrets: inherit\n    with:\n",
            "secrets-with-foreign-code",
        ),
        (MEASURE, "persist-credentials: false", "lfs: true", "persisted-credentials"),
        (
            DELIVER,
            "fetch-depth: 0",
            "ref: ${{ github.event.workflow_run.head_sha }}",
            "foreign-code-with-rights",
        ),
        (DELIVER, "task: deliver", "task: measure", "foreign-code-with-rights"),
        ("loadstone.yml", "  pull_request:", "  pull_request_target:", "foreign-code-with-rights"),
        (
            DELIVER,
            "    steps:\n",
            "    steps:\n      - run: echo ${{ github.event.workflow_run.head_branch }}\n",
            "script-injection",
        ),
        (
            "loadstone-commands.yml",
            "types: [created]",
            "types: [created, edited]",
            "edited-comments",
        ),
        ("loadstone-commands.yml", "    types: [created]\n", "", "edited-comments"),
        (MEASURE, 'token: ""', 'tier: ""', "token-with-foreign-code"),
        (
            MEASURE,
            "permissions: {}\n",
            "permissions: {}\nenv: {T: \"${{ format('}', Secrets['TOKEN']) }}\"}\n",
            "secrets-with-foreign-code",
        ),
        (MEASURE, 'token: ""', "token: ${{ toJSON(secrets) }}", "secrets-with-foreign-code"),
        (DELIVER, "fetch-depth: 0", "ref: ${{ env.SHA }}", "foreign-code-with-rights"),
        (
            DELIVER,
            "fetch-depth: 0",
            "repository: ${{ github['event'].workflow_run.head_repository.full_name }}",
            "foreign-code-with-rights",
        ),
        (COMMANDS, "fetch-depth: 0", "ref: refs/pull/1/merge", "foreign-code-with-rights"),
        (
            COMMANDS,
            "    steps:\n",
            '    steps:\n      - run: gh pr checkout "$NUMBER"\n',
            "foreign-code-with-rights",
        ),
        (
            DELIVER,
            "    steps:\n",
            '    steps:\n      - run: git fetch origin "pull/$NUMBER/head"\n',
            "foreign-code-with-rights",
        ),
        (
            DELIVER,
            "    steps:\n",
            "    steps:\n      - run: git -c a=b checkout FETCH_HEAD\n",
            "foreign-code-with-rights",
        ),
        ("loadstone.yml", "  pull_request:", "  issues:", "foreign-code-with-rights"),
        (
            COMMANDS,
            "    steps:\n",
            "    steps:\n      - run: echo ${{ toJSON(github) }}\n",
            "script-injection",
        ),
        (
            COMMANDS,
            "    steps:\n",
            STEP.format("run: echo ${{ env.B }}", "env: {B: '${{ github.event.comment.body }}'}"),
            "script-injection",
        ),
        (
            COMMANDS,
            "    steps:\n",
            STEP.format(
                f"uses: actions/github-script@{ACTION.sha}",
                "with: {script: 'x(`${{ GitHub.Event.comment.body }}`)'}",
            ),
            "script-injection",
        ),
        # What does not work
        (MEASURE, "      contents: read\n", "      actions: read\n", "missing-permission"),
        ("loadstone.yml", "      contents: read", "      actions: read", "missing-permission"),
        (DELIVER, "      statuses: write\n", "", "missing-permission"),
        (DELIVER, "pull-requests: write", "pull-requests: read", "missing-permission"),
        (DELIVER, "contents: write", "contents: read", "missing-permission"),
        (COMMANDS, "actions: write", "actions: read", "missing-permission"),
        (MAIN, "      contents: write", "      contents: read", "missing-permission"),
        ("loadstone-release.yml", "      statuses: write\n", "", "missing-permission"),
        ("loadstone.yml", "  merge_group:", "  merge-group:", "unknown-event"),
        (COMMANDS, "  issue_comment:", "  issue_comments:", "unknown-event"),
        (MEASURE, "task: measure", "task: mesure", "unknown-task"),
        (MEASURE, 'token: ""', 'tokn: ""', "unknown-input"),
        (MEASURE, "fetch-depth: 0", "fetch-depth: 1", "shallow-checkout"),
        (DELIVER, "          fetch-depth: 0\n", "", "shallow-checkout"),
        (DELIVER, "actions/checkout@", "acme/checkout@", "no-checkout"),
        (MEASURE, "actions/upload-artifact@", "acme/upload@", "not-uploaded"),
        ("loadstone.yml", "run-name:", "x-name:", "untold-dispatch"),
        ("loadstone.yml", "inputs.head,", "inputs.number,", "untold-dispatch"),
        ("loadstone.yml", "      number:\n", "      pull:\n", "undeclared-input"),
        (MAIN, "      head:\n", "      sha:\n", "undeclared-input"),
        (DELIVER, "cancel-in-progress: false", "cancel-in-progress: true", "dropped-news"),
        ("loadstone.yml", "opened, synchronize", "opened", "deaf-to-pushes"),
        (
            "loadstone.yml",
            "    types: [opened,",
            "    paths: ['**.go']\n    types: [opened,",
            "filtered-paths",
        ),
        (DELIVER, "in_progress, completed", "in_progress", "unheard-measuring"),
        (
            DELIVER,
            "    types: [requested",
            "    branches: [main]\n    types: [requested",
            "unheard-measuring",
        ),
        (DELIVER, "workflows: [Loadstone]", "workflows: [Other]", "unheard-measuring"),
        (DELIVER, "on:\n", "on: !odd\n", "unread-workflow"),
    ],
)
def test_an_unsafe_change_is_found_where_it_was_made(name, old, new, code):
    file = f"{WORKFLOWS}/{name}"
    there = [each for each in found(changed(name, old, new)) if each.where.startswith(file)]
    assert (code, True) in {(each.code, each.severity != Severity.ADVICE) for each in there}


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (DELIVER, "group: loadstone-deliver-${{ github.event.workflow_run.id }}",
         "group: deliver-${{ github.event.workflow_run.head_branch }}", "dropped-news"),
        (DELIVER, "requested, in_progress, completed", "completed", "unheard-measuring"),
        (MEASURE, "if: always() && ", "if: ", "not-uploaded"),
    ],
)  # fmt: skip
def test_what_works_less_well_is_advised_against(name, old, new, code):
    (one, *_) = found(changed(name, old, new))
    assert (one.code, one.severity) == (code, Severity.ADVICE)


def test_baselines_that_are_kept_elsewhere_need_no_right_to_push():
    files = changed(DELIVER, "contents: write", "contents: read")
    given = {f"{WORKFLOWS}/{name}": text for name, text in files.items()}
    assert check(given, ACTION_WORDS, configuration=CONFIGURATION, on_branch=False) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (MEASURE, "persist-credentials: false", "persist-credentials: 'false'"),
        (DELIVER, "pull-requests: write", "issues: write"),
        (MAIN, "permissions:\n      actions: read", "permissions:\n      actions: write"),
        (DELIVER, "    steps:\n", '    steps:\n      - run: git -C . log -1 && echo "$A"\n'),
        (DELIVER, "    steps:\n", "    steps:\n      - run: echo ${{ github.sha }} '${{ 1 }}'\n"),
        (DELIVER, "types: [requested, in_progress, completed]", ""),
    ],
)
def test_what_does_the_same_in_other_words_is_fine(name, old, new):
    assert found(changed(name, old, new)) == []


@pytest.mark.parametrize(
    ("name", "code", "severity"),
    [
        ("loadstone.yml", "no-measure", Severity.MISSING),
        (MEASURE, "no-measure", Severity.MISSING),
        (DELIVER, "no-deliver", Severity.MISSING),
        ("loadstone-commands.yml", "no-command", Severity.ADVICE),
        ("loadstone-main.yml", "no-store", Severity.ADVICE),
        ("loadstone-release.yml", "no-gate", Severity.ADVICE),
    ],
)
def test_what_is_not_there_is_missed(name, code, severity):
    files = {each: text for each, text in GOOD.items() if each != name}
    assert (code, severity) in {(each.code, each.severity) for each in found(files)}


def test_a_repository_without_anything_lacks_the_configuration_too():
    codes = {each.code for each in found({}, configuration="")}
    assert {"no-configuration", "no-measure", "no-deliver"} <= codes


def test_workflows_without_loadstone_are_nobodys_business():
    other = "on: pull_request_target\njobs:\n  a:\n    steps:\n      - uses: a/b@main\n"
    assert found({**GOOD, "other.yml": other}) == []


@pytest.mark.parametrize("text", ["[]", "a", "on: push\njobs: []", "jobs:\n  a: 3\n", "on: [1]"])
def test_a_file_that_is_no_workflow_breaks_nothing(text):
    assert found({**GOOD, "other.yml": text}) == []

"""The task `deliver`: from an artifact that nobody trusts to the comment and the status."""

import json

import pytest

from loadstone.bot.comment_memory import remember
from loadstone.bot.lifecycle import KEY
from loadstone.cli.deliver import command
from loadstone.flows import output_directory, resend
from loadstone.flows.knowledge import noise
from loadstone.github import outbox
from loadstone.github.hidden_line import Marker, marked
from loadstone.model import Conclusion
from loadstone.model.bot import CommentSection, VerdictState
from loadstone.store.directory import DirectoryStore
from tests.component.repositories import git
from tests.fakes.github.faults import Kind
from tests.fakes.github.state import Comparison, Run
from tests.flows.bot.delivering import MOST
from tests.flows.bot.world import FORK, NAME, NUMBER, RUN, Project, workflow_run, zipped
from tests.github.conftest import OURS

# A real session with a build for the artifact.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
CONTEXT = "loadstone/planted"


def test_the_first_run_makes_the_comment_and_the_second_edits_it(slow, archive):
    slow.measured(archive)
    first = slow.deliver()
    assert first.code == 0
    assert first.outputs["conclusion"] == "fail"
    assert "requests of GitHub's API: 10" in first.text
    assert "regression" in slow.comment
    assert "p99" in slow.comment
    assert slow.statuses == {CONTEXT: "failure"}
    one = slow.comments[0]
    slow.measured(archive, run=RUN + 1)
    later = {**workflow_run(slow.project, id=RUN + 1)}
    slow.deliver(later)
    assert [each.id for each in slow.comments] == [one.id]
    assert one.edits


def test_a_whole_life_stays_within_the_requests(slow, archive):
    slow.deliver(workflow_run(slow.project, "requested"))
    slow.measured(archive)
    slow.deliver()
    asked = [each for each in slow.fake.exchanges if "/_fake/" not in each.path]
    assert len(asked) <= MOST


def test_the_delivering_job_has_none_of_the_pull_requests_commits(slow, archive):
    slow.measured(archive)
    slow.deliver()
    place = slow.project.trusted()
    assert slow.project.head not in git(place, "rev-list", "--all")
    assert git(place, "worktree", "list").count("\n") == 0
    assert git(place, "status", "--porcelain") == ""


def test_a_run_that_waits_says_its_place_in_line(slow):
    for run in (RUN - 2, RUN - 1, RUN):
        slow.repository.runs[run] = Run(
            id=run,
            workflow="loadstone.yml",
            head_sha=slow.project.head,
            status="queued",
            conclusion=None,
        )
    slow.deliver(workflow_run(slow.project, "requested"))
    assert "Queued" in slow.comment
    assert "2 runs are before it" in slow.comment
    assert slow.statuses == {CONTEXT: "pending"}


def test_while_it_is_measured_again_its_verdict_stands(slow, archive):
    slow.measured(archive)
    slow.deliver()
    before = slow.comment
    slow.deliver(workflow_run(slow.project, "requested", id=RUN + 1))
    assert slow.comment == before
    assert slow.statuses == {CONTEXT: "pending"}
    slow.deliver(workflow_run(slow.project, conclusion="skipped", id=RUN + 1))
    assert slow.comment == before
    assert slow.statuses == {CONTEXT: "failure"}


def test_a_run_that_was_skipped_takes_back_that_it_waits(slow):
    slow.deliver(workflow_run(slow.project, "requested"))
    slow.deliver(workflow_run(slow.project, conclusion="skipped"))
    assert "Cancelled" in slow.comment
    assert slow.statuses == {CONTEXT: "error"}


def test_a_label_that_asks_for_nothing_takes_no_verdict_away(slow, archive):
    """Its run is newer than the one that measures, and skipped."""
    slow.deliver(workflow_run(slow.project, "requested"))
    slow.repository.runs[RUN + 1] = Run(
        id=RUN + 1, workflow="loadstone.yml", head_sha=slow.project.head, conclusion="skipped"
    )
    before = slow.comment
    for action in ("requested", "completed"):
        news = workflow_run(slow.project, action, id=RUN + 1, conclusion="skipped")
        slow.deliver(news)
    assert slow.comment == before
    slow.measured(archive)
    slow.deliver()
    assert "regression" in slow.comment
    assert slow.statuses == {CONTEXT: "failure"}


def test_news_that_come_late_set_nothing_back(slow, archive):
    slow.measured(archive)
    slow.deliver()
    before = slow.comment
    slow.deliver(workflow_run(slow.project, "requested"))
    assert slow.comment == before
    assert slow.statuses == {CONTEXT: "failure"}


def test_what_a_comment_remembers_of_another_run_passes_nothing(slow, archive):
    """Another workflow of the repository may say words of strangers by the same login."""
    passed = VerdictState(sha=slow.project.head, conclusion=Conclusion.PASS, alarm=False)
    forged = remember([CommentSection(component="planted", state=passed, run=10**15)])
    marker = Marker(key=KEY, data=forged)
    slow.fake.state.comment(NAME, NUMBER, OURS, marked(marker, "all is well"))
    slow.measured(archive)
    slow.deliver()
    assert slow.statuses == {}


@pytest.mark.parametrize(
    ("conclusion", "words"),
    [("cancelled", "Cancelled"), ("timed_out", "longer than"), ("failure", "measuring failed")],
)
def test_a_run_without_a_result_is_said_to_have_none(slow, conclusion, words):
    slow.repository.runs[RUN] = Run(
        id=RUN, workflow="loadstone.yml", head_sha=slow.project.head, conclusion=conclusion
    )
    slow.deliver(workflow_run(slow.project, conclusion=conclusion))
    assert words in slow.comment
    assert slow.statuses == {CONTEXT: "error"}


def test_an_artifact_that_is_gone_is_said_to_be(slow, archive):
    slow.measured(archive, expired=True)
    slow.deliver()
    assert "no longer kept" in slow.comment
    assert slow.statuses == {CONTEXT: "error"}


def _rounds(archive_of, edit):
    folder = archive_of.place / "loadstone-artifact/component-1/rounds.jsonl"
    head, *lines = folder.read_text().splitlines()
    return "\n".join([head, *(edit(json.loads(line)) for line in lines)]).encode() + b"\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("../../etc/passwd", b"x"),
        ("component-1/session.json", b"{" * 100_000),
        ("component-1/session.json", b"not even JSON @everyone <script>"),
        ("component-1/rounds.jsonl", b"x"),
    ],
)
def test_a_hostile_artifact_changes_nothing_but_the_words_that_it_was_refused(slow, name, data):
    slow.measured(slow.project.archive({name: data}))
    result = slow.deliver()
    assert "Refused" in slow.comment
    assert "Nothing of it was used" in slow.comment
    assert slow.statuses == {CONTEXT: "error"}
    assert "@everyone" not in slow.comment
    assert "<script>" not in slow.comment
    assert result.outputs["conclusion"] == ""


def test_a_judgement_that_an_artifact_brings_along_is_not_read(slow):
    record = slow.project.place / "loadstone-artifact/component-1/record.json"
    forged = record.read_bytes().replace(b'"regression"', b'"unchanged"')
    slow.measured(slow.project.archive({"component-1/record.json": forged}))
    slow.deliver()
    assert slow.statuses == {CONTEXT: "failure"}


def test_a_forged_number_comments_on_no_other_pull_request(slow):
    other = slow.fake.state.pull(NAME, 1, head_sha="e" * 40)
    said = json.loads((slow.project.place / "loadstone-artifact/measured.json").read_text())
    forged = json.dumps({**said, "number": other.number}).encode()
    slow.measured(slow.project.archive({"measured.json": forged}))
    slow.deliver()
    assert slow.repository.comments_of(1) == []
    assert len(slow.comments) == 1


def test_a_forks_pull_request_is_found_by_its_commit(slow_project, archive, on_github):
    forked = on_github(slow_project).begin(fork=FORK)
    forked.measured(archive)
    forked.deliver(workflow_run(slow_project, head_repository={"full_name": FORK}))
    assert "regression" in forked.comment
    assert forked.statuses == {CONTEXT: "failure"}


def test_a_draft_and_words_alone_cost_nothing_and_say_so(slow):
    slow.pull.draft = True
    slow.deliver(workflow_run(slow.project, "requested"))
    assert "Not measured" in slow.comment
    assert slow.statuses == {CONTEXT: "pending"}
    slow.pull.draft, slow.pull.files = False, ["docs/a.md"]
    slow.deliver(workflow_run(slow.project, "requested", id=RUN + 1))
    assert "This cost nothing" in slow.comment
    assert slow.statuses == {CONTEXT: "success"}


def test_the_same_program_passes_and_says_so(slow):
    claimed = {"skip": {"code": "same-program", "data": {"digest": "0" * 64}}}
    said = json.dumps({"components": {"component-1": claimed}}).encode()
    slow.measured(slow.project.archive({"measured.json": said}))
    slow.deliver()
    assert "same program" in slow.comment
    assert slow.statuses == {CONTEXT: "success"}


def test_that_a_forks_program_is_the_same_waits_for_somebody_who_may(slow_project, on_github):
    claimed = {"skip": {"code": "same-program", "data": {"digest": "0" * 64}}}
    said = json.dumps({"components": {"component-1": claimed}}).encode()
    there = on_github(slow_project).begin(fork=FORK)
    there.measured(slow_project.archive({"measured.json": said}))
    there.deliver(workflow_run(slow_project, head_repository={"full_name": FORK}))
    assert there.statuses == {CONTEXT: "pending"}
    assert "the job of this fork says" in there.comment.lower()
    title = f"/loadstone run {slow_project.head} #{NUMBER} on ubuntu-24.04"
    commanded = workflow_run(
        slow_project, event="workflow_dispatch", display_title=title, head_branch="main"
    )
    there.deliver(commanded)
    assert there.statuses == {CONTEXT: "success"}


@pytest.mark.parametrize("fork", ["", FORK])
def test_that_a_fork_touched_nothing_is_believed_where_github_tells_it_alone(
    slow_project, on_github, fork
):
    """Of a head that has moved GitHub does not tell it here, and it may move back."""
    claimed = {"skip": {"code": "documentation-only", "data": {"files": 1}}}
    said = json.dumps({"components": {"component-1": claimed}}).encode()
    there = on_github(slow_project).begin(fork=fork)
    there.pull.head.sha = "e" * 40
    there.measured(slow_project.archive({"measured.json": said}))
    there.deliver(workflow_run(slow_project, head_repository={"full_name": fork or NAME}))
    assert there.statuses == {CONTEXT: "pending" if fork else "success"}


def test_a_run_that_has_begun_says_since_when_and_no_more(slow):
    slow.deliver(workflow_run(slow.project, "requested"))
    slow.deliver(workflow_run(slow.project, "in_progress"))
    assert "It has been running since" in slow.comment
    assert "at the most" in slow.comment
    assert "no more until it has ended" in slow.comment
    assert slow.statuses == {CONTEXT: "pending"}


def test_an_artifact_cannot_say_that_nobody_wanted_it(slow):
    claimed = {"skip": {"code": "documentation-only", "data": {"files": 1}}}
    said = json.dumps({"components": {"component-1": claimed}}).encode()
    slow.measured(slow.project.archive({"measured.json": said}))
    slow.deliver()
    assert slow.statuses == {CONTEXT: "failure"}


def test_changed_configuration_does_not_count_and_is_said(slow, archive):
    slow.pull.files = ["loadstone.yaml", "perf/scenario.yaml", "perf/other.yaml"]
    slow.measured(archive)
    slow.deliver()
    assert slow.comment.count("measured this is the one of the base") == 2
    assert "The change of loadstone.yaml does not count here" in slow.comment
    assert "perf/scenario.yaml" in slow.comment
    assert slow.statuses == {CONTEXT: "failure"}


def test_what_is_of_an_older_head_is_outdated(slow, archive):
    slow.measured(archive)
    slow.pull.head.sha = "e" * 40
    slow.deliver()
    assert "Outdated" in slow.comment
    assert slow.statuses == {CONTEXT: "failure"}


def test_nobody_waits_for_a_pull_request_that_is_closed(slow, archive):
    slow.measured(archive)
    slow.pull.state = "closed"
    assert "nobody waits" in slow.deliver().text
    assert slow.comments == []


def test_what_was_accepted_does_not_fail_the_gate(tmp_path, on_github):
    accepted = "".join(
        f'  - {{case: "*", metric: {metric}, reason: known, expires: "2099-01-01"}}\n'
        for metric in ("latency_p50", "latency_p99", "latency_p999")
    )
    project = Project(root=tmp_path).create(more=f"accepted:\n{accepted}")
    project.change({"flags-planted": "slow\n"}).measure()
    there = on_github(project).begin()
    there.measured(project.archive())
    there.deliver()
    assert there.statuses == {CONTEXT: "success"}
    assert "accepted" in there.comment


def test_two_components_have_a_section_and_a_status_each(tmp_path, on_github):
    project = Project(root=tmp_path, components=("first", "second")).create()
    project.change({"flags-first": "slow\n", "flags-second": "other\n"}).measure()
    there = on_github(project).begin()
    there.pull.files = ["flags-first", "flags-second"]
    there.measured(project.archive())
    there.deliver()
    assert there.statuses["loadstone/first"] == "failure"
    assert there.statuses["loadstone/second"] == "success"
    assert "Look at first" in there.comment


def test_a_merge_group_gets_statuses_and_no_comment(slow_project, on_github):
    event = {
        "action": "checks_requested",
        "merge_group": {
            "head_sha": slow_project.head,
            "head_ref": "refs/heads/gh-readonly-queue/main/pr-17",
            "base_sha": slow_project.base,
            "base_ref": "refs/heads/main",
        },
    }
    slow_project.measure(event, name="merge_group")
    there = on_github(slow_project).begin()
    there.measured(slow_project.archive())
    there.deliver(workflow_run(slow_project, event="merge_group"))
    assert there.comments == []
    assert there.statuses == {CONTEXT: "failure"}


def test_a_base_that_an_artifact_names_brings_no_files_of_its_own(tmp_path, on_github):
    project = Project(root=tmp_path).create()
    own = project.change({"loadstone.yaml": "component: [broken\n"}).head
    project.change({"flags-planted": "slow\n"}).measure()
    said = json.loads((project.place / "loadstone-artifact/measured.json").read_text())
    forged = json.dumps({**said, "base": own}).encode()
    there = on_github(project).begin()
    known = there.repository.comparisons
    known[own, project.head] = Comparison(merge_base=own, files=["flags-planted"])
    known[project.base, own] = Comparison(merge_base=project.base)
    there.measured(project.archive({"measured.json": forged}))
    there.deliver(workflow_run(project, event="merge_group"))
    assert there.statuses == {CONTEXT: "error"}


@pytest.mark.parametrize(
    ("branch", "claimed"),
    [
        ("gh-readonly-queue/main/pr-17-{base}", "{head}"),
        ("gh-readonly-queue/main/pr-17-{base}", "{own}"),
        ("gh-readonly-queue/main/pr-17", "{head}"),
    ],
)
def test_a_merge_queue_is_not_passed_by_a_base_that_leaves_nothing(
    tmp_path, on_github, branch, claimed
):
    project = Project(root=tmp_path).create()
    own = project.change({"flags-planted": "slow\n"}).head
    project.change({"README.md": "words\n"})
    names = {"base": project.base, "head": project.head, "own": own}
    skip = {"skip": {"code": "documentation-only", "data": {"files": 1}}}
    said = {"base": claimed.format(**names), "components": {"component-1": skip}}
    there = on_github(project).begin()
    for each, files in (project.base, ["flags-planted", "README.md"]), (own, ["README.md"]):
        told = Comparison(merge_base=each, files=files)
        there.repository.comparisons[each, project.head] = told
    there.measured(zipped({"measured.json": json.dumps(said).encode()}))
    there.deliver(workflow_run(project, event="merge_group", head_branch=branch.format(**names)))
    assert there.statuses.get(CONTEXT) != "success"


def test_minutes_are_noted_once_for_each_attempt(slow, archive, tmp_path):
    slow.measured(archive)
    slow.deliver()
    slow.deliver()
    (file,) = (slow.project.root / "baselines").rglob("minutes.json")
    lines = json.loads(file.read_text())["minutes"]
    mine = [each for each in lines if each["run"] == RUN]
    assert [each["pull_request"] for each in mine] == [NUMBER]


def test_what_github_did_not_take_is_kept_and_sent_again(slow, archive):
    slow.measured(archive)
    slow.fault(verb="POST", path="/comments$", status=502, times=20)
    slow.fault(verb="POST", path="/statuses/", status=502, times=20)
    result = slow.deliver()
    assert result.code == 3
    assert slow.comments == []
    file = slow.project.trusted() / result.outputs["directory"] / "outbox.json"
    assert len(outbox.read(file).undelivered) == 2
    slow.fake.faults.clear()
    done = resend.run(file, "ghs_actions", connect=slow.client, url=slow.server.url)
    assert done.undelivered == []
    assert "regression" in slow.comment
    assert slow.statuses == {CONTEXT: "failure"}
    assert not file.exists()


def test_a_comment_that_took_effect_in_spite_of_its_answer_stays_one(slow, archive):
    slow.measured(archive)
    slow.fault(verb="POST", path="/comments$", status=502, after=True)
    assert slow.deliver().code == 0
    assert len(slow.comments) == 1


def test_of_two_runs_that_race_one_comment_is_left_with_the_newer_words(slow, archive):
    slow.measured(archive)
    slow.measured(archive, run=RUN + 1)
    newer = workflow_run(slow.project, id=RUN + 1)
    slow.fault(kind=Kind.RACE, verb="POST", path="/comments$", race=lambda: slow.deliver(newer))
    slow.deliver()
    assert len(slow.comments) == 1
    assert str(RUN) in slow.comment


@pytest.mark.parametrize("said", ["", " rounds=4"], ids=["as-configured", "otherwise"])
def test_a_command_is_delivered_by_what_its_run_was_called(tmp_path, on_github, said):
    project = Project(root=tmp_path).create().change({"flags-planted": "slow\n"})
    inputs = {"command": f"/loadstone run{said}", "number": str(NUMBER), "head": project.head}
    event = {"inputs": inputs, "ref": "refs/heads/main", "sender": {"login": "grace"}}
    assert project.measure(event, name="workflow_dispatch").outputs["conclusion"] == "fail"
    there = on_github(project).begin()
    there.measured(project.archive())
    title = f"/loadstone run{said} {project.head} #{NUMBER} on ubuntu-24.04"
    dispatched = workflow_run(
        project,
        event="workflow_dispatch",
        display_title=title,
        head_sha=project.base,
        head_branch="main",
    )
    there.deliver(dispatched)
    assert "regression" in there.comment
    assert there.statuses == ({} if said else {CONTEXT: "failure"})
    assert ("the commit status stays" in there.comment) is bool(said)


def test_what_a_command_narrowed_passes_no_commit(tmp_path, on_github):
    project = Project(root=tmp_path).create().change({"flags-planted": "slow\n"})
    project.measure()
    there = on_github(project).begin()
    there.measured(project.archive())
    there.deliver()
    title = f"/loadstone run head=main {project.head} #{NUMBER} on ubuntu-24.04"
    for action in ("requested", "in_progress"):
        there.deliver(
            workflow_run(
                project,
                action,
                id=RUN + 1,
                event="workflow_dispatch",
                display_title=title,
                head_branch="main",
            )
        )
    assert there.statuses == {CONTEXT: "failure"}


def test_of_a_branch_that_is_older_than_the_configuration_nothing_is_said(tmp_path, on_github):
    project = Project(root=tmp_path).create()
    (project.place / "loadstone.yaml").unlink()
    project.base = project.commit("before")
    project.change({"loadstone.yaml": project.config})
    there = on_github(project).begin()
    done = there.deliver(workflow_run(project, "requested"))
    assert done.code == 0
    assert "merge the default branch into it" in done.text
    assert there.comments == []
    assert there.statuses == {}


def test_the_words_of_a_skip_are_those_that_we_would_write(slow):
    claimed = {"skip": {"code": "same-program", "data": {"digest": "@octocat says [this](x)"}}}
    said = json.dumps({"components": {"component-1": claimed}}).encode()
    slow.measured(slow.project.archive({"measured.json": said}))
    slow.deliver()
    assert slow.statuses == {CONTEXT: "failure"}
    assert "octocat" not in slow.comment


def test_an_artifact_cannot_use_up_the_minutes_of_everybody(slow):
    said = json.dumps({"components": {"component-1": {"minutes": 9999.0}}}).encode()
    slow.measured(slow.project.archive({"measured.json": said}))
    slow.deliver(workflow_run(slow.project, run_attempt=1))
    (file,) = (slow.project.root / "baselines").rglob("minutes.json")
    (mine,) = [each for each in json.loads(file.read_text())["minutes"] if each["run"] == RUN]
    assert mine["minutes"] == 60.0


def test_a_run_of_forty_cases_costs_few_requests_and_fits_into_a_comment(tmp_path, on_github):
    project = Project(root=tmp_path).create()
    text = (project.place / "perf/scenario.yaml").read_text()
    rates = ", ".join(str(500 + 5 * number) for number in range(40))
    project.write("perf/scenario.yaml", text.replace("values: [500]", f"values: [{rates}]"))
    project.base = project.commit("forty cases")
    project.change({"flags-planted": "slow\n"}).measure()
    there = on_github(project).begin()
    there.deliver(workflow_run(project, "requested"))
    there.measured(project.archive())
    there.deliver()
    assert there.statuses == {CONTEXT: "failure"}
    assert len(there.comment) <= 65_536
    asked = [each for each in there.fake.exchanges if "/_fake/" not in each.path]
    assert len(asked) <= MOST


def test_without_a_token_nothing_is_sent_again(tmp_path, monkeypatch):
    from click.testing import CliRunner

    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    file = tmp_path / "outbox.json"
    file.write_bytes(outbox.written(outbox.Outbox(repository=NAME, origin="1", undelivered=[])))
    said = CliRunner().invoke(command, [str(file)])
    assert said.exception is not None
    assert "GITHUB_TOKEN" in str(said.exception)


def test_shards_are_judged_as_one(tmp_path, on_github):
    project = Project(root=tmp_path).create()
    text = (project.place / "perf/scenario.yaml").read_text()
    project.write("perf/scenario.yaml", text.replace("values: [500]", "values: [500, 400]"))
    project.base = project.commit("two cases")
    project.change({"flags-planted": "slow\n"})
    there = on_github(project).begin()
    for number in (1, 2):
        result = project.measure(shard=(number, 2))
        assert result.outputs["conclusion"] == ""
        there.measured(project.archive(), name=result.outputs["artifact"])
    there.deliver()
    assert there.statuses == {CONTEXT: "failure"}
    assert "could be taken" not in there.comment
    assert there.comment.count("rate=200") > 0 or there.comment.count("rate=320") > 0


def test_what_baselines_tell_of_the_noise_is_known_to_both_jobs(tmp_path, on_github):
    project = Project(root=tmp_path).create()
    store = DirectoryStore(tmp_path / "baselines")
    for number in range(3):
        project.change({"flags-planted": f"other {number}\n"}).measure()
        record = output_directory.load(project.place / "loadstone-artifact/component-1")
        store.save(record)
        noise.refresh(record, store)
    project.change({"flags-planted": "slow\n"})
    assert project.measure().outputs["conclusion"] == "fail"
    there = on_github(project).begin()
    there.measured(project.archive())
    there.deliver()
    assert there.statuses == {CONTEXT: "failure"}
    assert "No earlier record is known" in there.comment  # of an ancestor, which is another thing
    assert "ends before its schedule" not in there.comment

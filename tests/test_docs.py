"""Documents: every link leads somewhere, every command exists, and the tutorial works."""

import json
import pkgutil
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

from loadstone.flows import files
from loadstone.flows.judge import judged
from loadstone.formats.configuration import Config
from loadstone.plan.components import parse_component
from loadstone.plan.matrix import cases, fit
from loadstone.plan.scenarios import parse_scenario
from tests import transcripts
from tests.e2e.command import finish
from tests.report import samples
from tests.transcripts import written

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/**/*.md")]
    if "golden" not in path.parts
]
TUTORIAL = ROOT / "docs" / "tutorial" / "first-comparison.md"


def offenders(wrong):
    """What is wrong in each document, by its name, where something is."""
    found = {str(path.relative_to(ROOT)): list(wrong(path)) for path in DOCUMENTS}
    return {name: each for name, each in found.items() if each}


def prose(path):
    """A document without its code blocks."""
    return re.sub(r"^```.*?^```", "", path.read_text(), flags=re.M | re.S)


def broken_links(path):
    """Links to files that are not there."""
    links = re.findall(r"\]\(([^)\s]+)\)", prose(path))
    local = [link.split("#")[0] for link in links if "://" not in link and not link.startswith("#")]
    return [link for link in local if not (path.parent / link).exists()]


def test_every_link_leads_somewhere():
    assert offenders(broken_links) == {}


def test_every_decision_has_its_number_and_three_parts():
    decisions = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert decisions
    for path in decisions:
        text = path.read_text()
        assert re.match(rf"# {int(path.name[:4])}\. ", text), path.name
        parts = re.findall(r"^## (.+)$", text, flags=re.M)
        assert parts == ["Context", "Decision", "Consequences"], path.name


def test_the_index_lists_every_decision_under_its_title():
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\[(.+)\]\((.+)\)", (folder / "README.md").read_text())
    titles = [
        (path.read_text().splitlines()[0].partition(". ")[2], path.name)
        for path in folder.glob("[0-9]*.md")
    ]
    assert sorted(listed) == sorted(titles)


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    reasons = (ROOT / "docs" / "decisions" / "0004-dependencies.md").read_text()
    names = [re.split(r"[^\w-]", each)[0] for each in project["dependencies"]]
    assert [name for name in names if not re.search(rf"\b{name}\b", reasons)] == []


def test_the_picture_of_who_imports_whom_is_the_contract():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    flow = project["tool"]["importlinter"]["contracts"][0]
    text = (ROOT / "ARCHITECTURE.md").read_text()
    blocks = re.findall(r"^```(?:\w*)\n(.*?)^```", text, flags=re.M | re.S)
    assert " > ".join(flow["layers"]) in [" ".join(block.split()) for block in blocks]


def test_reports_in_documents_are_what_the_judge_of_today_says():
    today = transcripts.report()
    old = [path.name for path in transcripts.PLACES if path.read_text() != written(path, today)]
    assert old == [], "python -m tests.transcripts writes them anew"


def test_a_workflow_in_the_readme_may_do_nothing_by_default_and_runs_what_is_pinned():
    (block,) = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    workflow = yaml.safe_load(block)
    assert workflow["permissions"] == {}
    (job,) = workflow["jobs"].values()
    assert set(job["permissions"].values()) == {"read"}
    actions = [step["uses"] for step in job["steps"] if "uses" in step]
    assert actions
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) for action in actions)


PYTHON = re.findall(
    r"^```python\n(.*?)^```", (ROOT / "docs/reference/python-api.md").read_text(), flags=re.M | re.S
)


def test_the_calls_of_the_python_api_are_there():
    text = (ROOT / "docs/reference/python-api.md").read_text()
    calls = re.findall(r"`([a-z_]+(?:\.[A-Za-z_]+)+)", text)
    assert len(calls) > 10
    assert [
        call for call in calls if not exists(f"loadstone.{call.removeprefix('loadstone.')}")
    ] == []


def exists(name):
    """Whether a dotted name is a module, or something in one."""
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


@pytest.mark.parametrize("example", PYTHON)
def test_the_python_examples_work(example, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    samples.keep(judged(samples.regression(), anew=True), tmp_path / "out")
    exec(compile(example, "python-api.md", "exec"), {})  # noqa: S102  (that is what is tested)
    assert capsys.readouterr().out


def test_the_component_of_the_guide_is_one():
    text = (ROOT / "docs/how-to/compare-your-own-component.md").read_text()
    (example,) = re.findall(r"^```yaml\n(.*?)^```", text, flags=re.M | re.S)
    component = parse_component(example, "components/mine.yaml")
    scenario = files.scenario_sources(["ingress-latency"], Config())[0]
    fitted, _ = fit(cases(parse_scenario(scenario.text, scenario.name), "quick"), component)
    assert all(case.metrics for case in fitted)


def test_the_scenario_of_a_program_that_is_no_controller_is_one():
    text = (ROOT / "docs/reference/scenarios.md").read_text()
    example = re.findall(r"^```yaml\n(.*?)^```", text, flags=re.M | re.S)[-1]
    component = parse_component(
        "component: shop\nabout: A shop.\nrole: http\nports: [http]\n"
        "revisions: {build: {repository: ., command: [make], executable: shop}}\n"
        "command: ['${executable}', '--listen=${http}']\n"
        "traffic: ${http}\nready: {url: 'http://${http}/'}\n",
        "components/shop.yaml",
    )
    for tier in ("quick", "pr"):
        found = list(cases(parse_scenario(example, "pages.yaml"), tier))
        fitted, lacking = fit(found, component)
        assert [len(case.metrics) for case in fitted] == [3]
        assert list(lacking) == []


def commands(path):
    """The commands of a document, in order, as words."""
    lines = re.findall(r"^\$ (.+)$", path.read_text(), flags=re.M)
    return [shlex.split(line) for line in lines]


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_tutorial_works_line_by_line(tmp_path):
    for program, *arguments in commands(TUTORIAL):
        assert program == "loadstone"
        said = finish(*arguments, cwd=tmp_path)
        # Head needs less memory, but on a busy machine surely more CPU time: both are answers.
        fine = (0, 1) if arguments[0] in ("run", "report", "compare") else (0,)
        assert said.code in fine, f"{arguments}\n{said.out}\n{said.err}"
        assert "Traceback" not in said.err
    record = json.loads((tmp_path / "first" / "record.json").read_text())
    rows = {row["metric"]["name"]: row for row in record["judgement"]["comparisons"]}
    for name in ("memory_peak", "api_requests"):  # what the tutorial says
        assert rows[name]["change"]["estimate"] < -0.1
        assert rows[name]["verdict"] in ("improvement", "inconclusive")
    assert (tmp_path / "first" / "report.html").stat().st_size > 10_000

"""One word, one thing: what classes and modules are called, held to `docs/reference/words.md`."""

import ast
import re
from collections import defaultdict
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "loadstone"

# A module name that stands more than once, and the part that all of its modules play.
PARTS = {
    "build": "makes a view of what was judged",
    "common": "what the kinds beside it share",
    "console": "a view as terminal text",
    "gallery": "which pictures a report shows",
    "context": "what surrounds a run, or a task of the bot",
    "decode": "text or bytes to a checked value",
    "judge": "the whole judgement of that folder, in order",
    "names": "how the things of that folder may be called",
    "page": "a view as one file of HTML",
    "protocol": "what every kind of that folder can be asked for",
    "schema": "prints a JSON schema",
    "session": "a session: begun in flows, its loop over runs in measure, its log in report",
    "setup": "what was asked for, as a report says it",
    "table": "the kinds of that folder, by name",
    "units": "the units of numbers: as read, as in a profile, as shown",
    "view": "what every format of a report shows",
    "wire": "how values are written as bytes",
    "wording": "the sentences of a report",
}
# A thing that several folders deal with, each in a module or a folder called by it.
SUBJECTS = {
    "action": ". cli",
    "arrivals": "formats measure/load",
    "artifact": "action flows",
    "audit": "cli flows model report stats",
    "bisect": "cli flows model report stats",
    "bisection": "flows/schedules stats/redline",
    "bot": ". flows model",
    "access": "formats model",
    "cache": "cli component report/listings",
    "commands": "bot report/common",
    "commits": "component/revisions report/common",
    "causes": "apiserver/machinery profiles",
    "compare": "cli flows",
    "comparison": "report stats",
    "component": ". formats",
    "deliver": "cli flows/bot",
    "doctor": "cli flows",
    "documents": "apiserver/machinery store",
    "events": "bot model model/bot",
    "explain": "cli report/comparison",
    "flame": "profiles report",
    "functions": "report/pictures stats",
    "hold": "formats/steps measure/steps measure/load",
    "http": "apiserver/wire measure",
    "files": "flows report/listings store",
    "init": "cli flows",
    "load": "formats/steps measure/steps measure",
    "merge": "apiserver/apply cli flows",
    "measure": ". flows/bot",
    "metrics": "plan report/common",
    "more": "cli flows",
    "objectives": "plan report/comparison stats/comparison",
    "percentiles": "report/pictures stats/common",
    "plan": ". cli model report",
    "process": "component formats measure/probes",
    "profiles": ". cli report/comparison",
    "quantities": "formats measure measure/load",
    "progress": "cli report",
    "record": "cli flows model",
    "redline": "cli flows model report stats",
    "report": ". cli",
    "request": "flows formats/steps measure/steps",
    "revisions": "component formats report/common",
    "rights": "cluster flows report/listings",
    "rounds": "report/pictures store",
    "rows": "report/common report/comparison stats/comparison",
    "run": "cli measure",
    "scale": "apiserver/subresources formats/steps measure/steps",
    "scaling": "report/comparison stats",
    "sequential": "flows/schedules stats/comparison",
    "shards": "plan report/listings",
    "series": "cli flows model report report/pictures",
    "similar": "cli flows model report stats",
    "sizes": "plan report/pictures",
    "steps": "formats measure",
    "sweep": "cli flows",
    "watch": "formats/steps measure/steps measure/load",
}
STEPS = ("formats/steps", "measure/steps")  # a kind has a file of its name in both
# A word of the table, and the one class that may be called by it; None: a word of speech alone.
CLASSES = {
    "component": "Component",
    "process": "Process",
    "scenario": "Scenario",
    "case": "Case",
    "preset": "Preset",
    "axis": "Axis",
    "tier": "Tier",
    "step": None,  # a class per kind: formats/steps
    "copy": "Copy",
    "expectation": "Expectation",
    "base": None,  # a value of Side
    "head": None,
    "revision": "Revision",
    "session": "Session",
    "run": "Run",
    "round": None,
    "solo": None,  # values of Design
    "mixed": None,
    "lane": "Lane",
    "world": "World",
    "shard": "Shard",
    "schedule": None,  # SequentialSchedule, BisectionSchedule
    "note": "Note",
    "reason": None,  # a Note of what does not count
    "warning": None,  # a Note beside numbers
    "problem": "Problem",
    "void": None,
    "failed run": None,
    "warm-up": None,
    "measurement": "Measurement",
    "sample": None,  # Samples: all of them, as arrays
    "metric": "Metric",
    "unit": None,
    "direction": "Direction",
    "margin": None,
    "significant": None,
    "relevant": None,
    "comparison": "Comparison",
    "verdict": "Verdict",
    "row": None,  # of a report: ReportRow
    "look": "Look",
    "gate": None,
    "conclusion": "Conclusion",
    "detectable change": None,
    "objective": "Objective",
    "redline": None,
    "bracket": "Bracket",
    "shape": "Shape",
    "exponent": None,
    "growth": "Growth",
    "profile diff": "ProfileDiff",
    "unit of work": None,  # of a profile, Work
    "machine room": None,  # RoomSort: a sort of it
    "record": "Record",
    "baseline": None,  # a Record
    "series": "Series",
    "change point": "ChangePoint",
    "provider": "Provider",
    "probe": "Probe",
    "generator": "Generator",
    "store": "Store",
}
# Where a module or folder may be called by a word of the table, beside those of SUBJECTS and PARTS.
HOMES = {
    "lane": "measure/load",
    "world": "measure",
    "expectation": "formats measure",
    "reason": "model",  # what reasons mean
    "baseline": "cli report/listings",
    "component": "plan",
    "bracket": "stats/redline",
    "change point": "stats",
    "exponent": "report/pictures",
    "gate": "model",
    "generator": "measure/load",
    "growth": "stats/scaling",
    "probe": "measure measure/probes",
    "preset": "formats plan",
    "profile diff": "flows",
    "unit of work": "flows",
    "machine room": "profiles",
    "provider": "cluster",
    "note": "report/common",
    "record": "model store",
    "sample": "stats/common",
    "scenario": "formats plan",
    "schedule": "flows plan",
    "shape": "stats/scaling",
    "shard": "plan report/listings",
    "step": "formats/steps",
    "store": ".",
}
PARTICIPLES = re.compile(
    r"\w+(ed|ing|ought)|Begun|Between|Built|Doomed|Done|Drawn|Found|Given|Gone|Held|Kept|Known|Lost"
    r"|Made|Met|Read|Seen|Sent|Shown|Spent|Taken|Told|Written"
)
NOUNS = {  # that end as participles do
    *(
        "Accounting",
        "Crossing",
        "Encoding",
        "Finding",
        "Need",
        "Padding",
        "Reading",
        "Scaling",
        "Spread",
    ),
}


@cache
def trees():
    """Every module of the package: its path without the ending, and what it says."""
    return [
        (path.relative_to(SOURCE).with_suffix("").as_posix(), ast.parse(path.read_text()))
        for path in sorted(SOURCE.rglob("*.py"))
    ]


def classes():
    """Every class, inner and private ones too: its module, its name, and those of its bases."""
    for module, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                yield module, node.name, [ast.unparse(base) for base in node.bases]


def twice(named):
    """Of (name, place), what stands in more than one place."""
    places = defaultdict(list)
    for name, place in named:
        places[name].append(place)
    return {name: found for name, found in places.items() if len(found) > 1}


def repeated_classes(found):
    """Names of more than one class; a private one is the same word."""
    return twice((name.lstrip("_"), module) for module, name, _ in found)


def repeated_modules(modules):
    """Names of more than one module or folder, but those that play the same part."""
    plain = [re.sub(r"/__init__$", "", module) for module in modules if module != "__init__"]
    repeated = twice((Path(module).name, Path(module).parent.as_posix()) for module in plain)
    return {
        name: folders
        for name, folders in repeated.items()
        if name not in (*PARTS, "__main__")
        and not set(folders) <= {*SUBJECTS.get(name, "").split()}
        and not set(folders) <= {*STEPS}
    }


def misnamed(found):
    """Classes called by a word of the table that is not theirs; a plural is the same word."""
    camel = {"".join(part.title() for part in re.split("[ -]", word)): word for word in CLASSES}
    wrong = []
    for module, name, _ in found:
        word = camel.get(name.lstrip("_"))
        if word and CLASSES[word] != name:
            wrong.append(f"{module}.{name}")
    return wrong


def misnamed_modules(modules):
    """Modules and folders called by a word of the table, or its plural, where they may not be."""
    wrong = []
    for path in map(Path, modules):
        folder = path.parent.parent if path.name == "__init__" else path.parent
        name = path.parent.name if path.name == "__init__" else path.name
        plain = name.replace("_", " ")
        word = plain if plain in CLASSES else plain.removesuffix("s")
        known = word not in CLASSES or name in (*PARTS, *SUBJECTS)
        if not known and folder.as_posix() not in HOMES.get(word, "").split():
            wrong.append(path.as_posix())
    return wrong


def errors(found):
    """The names of classes that are raised."""
    parents = {name: bases for _, name, bases in found}

    def raised(name):
        return name.endswith(("Exception", "Error")) or any(
            raised(base) for base in parents.get(name, ())
        )

    return {name for name in parents if raised(name)}


def participles(found):
    """Classes that are called by what was done to something rather than by what they are.

    Errors and events are called by what happened, and rightly so.
    """
    fine = NOUNS | errors(found)
    return [
        f"{module}.{name}"
        for module, name, _ in found
        if module != "model/events"
        and name.lstrip("_") not in fine
        and (last := re.findall(r"[A-Z][a-z]*\d*", name)[-1]) not in fine
        and PARTICIPLES.fullmatch(last)
    ]


def words():
    """The words of the table, in its order."""
    table = (ROOT / "docs" / "reference" / "words.md").read_text()
    cells = re.findall(r"^\| (\*\*.+?) \|", table, flags=re.M)
    spans = chain.from_iterable(re.findall(r"\*\*(.+?)\*\*", cell) for cell in cells)
    return [word for span in spans for word in span.split(", ")]


def test_no_class_name_stands_for_two_things():
    assert repeated_classes(list(classes())) == {}


def test_a_module_name_repeats_only_where_the_part_is_the_same():
    assert repeated_modules([module for module, _ in trees()]) == {}


def test_every_part_and_subject_is_still_one_of_several_modules():
    plain = [Path(re.sub(r"/__init__$", "", module)) for module, _ in trees()]
    repeated = twice((module.name, module) for module in plain)
    assert sorted({*PARTS, *SUBJECTS} - set(repeated)) == []
    named = {(name, folder) for name, each in SUBJECTS.items() for folder in each.split()}
    assert sorted(named - {(module.name, module.parent.as_posix()) for module in plain}) == []


def test_no_class_is_named_by_a_word_that_means_another_thing():
    assert misnamed(list(classes())) == []


def test_no_module_is_named_by_a_word_that_means_another_thing():
    assert misnamed_modules([module for module, _ in trees()]) == []


def test_every_word_of_the_table_is_known_and_has_its_class():
    assert words() == list(CLASSES)
    there = {name for _, name, _ in classes()}
    assert sorted({name for name in CLASSES.values() if name} - there) == []


def test_no_class_is_named_by_a_participle():
    assert participles(list(classes())) == []


@pytest.mark.parametrize(
    ("check", "found", "offender"),
    [
        (repeated_classes, [("a", "Entry", []), ("b", "_Entry", [])], {"Entry": ["a", "b"]}),
        (repeated_modules, ["a/thing", "b/thing/__init__"], {"thing": ["a", "b"]}),
        (repeated_modules, ["cli/audit", "a/audit"], {"audit": ["cli", "a"]}),
        (repeated_modules, ["a/table", "b/table", "cli/sweep", "flows/sweep"], {}),
        (repeated_modules, ["formats/steps/pause", "measure/steps/pause"], {}),
        (misnamed, [("a", "Baseline", [])], ["a.Baseline"]),
        (misnamed, [("a", "Record", []), ("b", "SeriesRecords", [])], []),
        (misnamed_modules, ["a/stores/__init__", "a/shape"], ["a/stores/__init__", "a/shape"]),
        (misnamed_modules, ["store/__init__", "model/record", "a/table"], []),
        (participles, [("a", "Looked", []), ("b", "_Sought", [])], ["a.Looked", "b._Sought"]),
        (participles, [("a", "RunFailed", ["LoadstoneError"]), ("b", "Reading", [])], []),
    ],
)
def test_a_wrong_name_is_found_and_a_right_one_is_not(check, found, offender):
    assert check(found) == offender

"""Reports in documents, of the demo's record: `python -m tests.transcripts` writes them anew."""

import gzip
import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from loadstone.flows.judge import judged
from loadstone.report.comparison import terminal
from loadstone.store.records import load

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "tests" / "data" / "real" / "upgrade-3.0.4-3.7.15.json.gz"
_BLOCK = re.compile(r"^```text\n(.*?)^```", flags=re.M | re.S)
_MORE = "  …"


def report() -> list[str]:
    """What the judge of today says of what `make demo` measured, line by line."""
    with TemporaryDirectory() as folder:
        record = Path(folder) / "record.json"
        record.write_bytes(gzip.decompress(DEMO.read_bytes()))
        return terminal(judged(load(record), anew=True), saved="out").splitlines()


def short(lines: list[str]) -> Iterable[str]:
    """The verdict alone."""
    return lines[: lines.index("Changed") - 1]


def long(lines: list[str]) -> Iterable[str]:
    """The verdict, what changed as far as the first row over all cases, and what would settle."""
    first = next(at for at, line in enumerate(lines) if line.startswith("✔     all cases"))
    settle = lines.index("To settle it")
    return [
        *lines[: first + 1],
        *(_MORE, ""),
        *lines[settle : lines.index("", settle)],
    ]


PLACES = {ROOT / "README.md": short, ROOT / "docs" / "tutorial" / "first-comparison.md": long}


def written(path: Path, lines: list[str]) -> str:
    """A document with the report of today as its first block of plain text."""
    block = "\n".join(PLACES[path](lines))
    return _BLOCK.sub(lambda _: f"```text\n{block}\n```", path.read_text(), count=1)


if __name__ == "__main__":
    today = report()
    for place in PLACES:
        place.write_text(written(place, today))

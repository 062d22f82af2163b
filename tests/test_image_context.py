"""What the image is built from is let into the build."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_everything_that_the_dockerfile_copies_is_let_in():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.M)
    sources = {source for line in copied for source in line.split() if not source.startswith("--")}
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    assert len(sources) > 5
    assert {source for source in sources if source.split("/")[0] not in allowed} == set()
    assert all((ROOT / source).exists() for source in sources)

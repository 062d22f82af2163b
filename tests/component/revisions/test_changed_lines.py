"""Lines that differ between two commits, by file."""

import pytest

from loadstone.component.revisions.changed_lines import changed_lines, parse
from loadstone.component.revisions.repositories import opened
from tests.component.repositories import created, git


def test_changes_are_ranges_of_the_heads_lines(tmp_path):
    place = created(tmp_path / "repository", "one")
    file = place / "pkg" / "größe.go"
    file.parent.mkdir()
    file.write_text("".join(f"line {n}\n" for n in range(1, 21)))
    (place / "gone.go").write_text("x\n")
    git(place, "add", ".")
    git(place, "commit", "--quiet", "-m", "two")
    lines = [f"line {n}\n" for n in range(1, 21)]
    lines[3:5] = ["+++ b/other.go\n", "@@ -1 +1 @@\n", "more\n"]
    del lines[15]
    file.write_text("".join(lines))
    (place / "new.go").write_text("a\nb\n")
    (place / "gone.go").unlink()
    git(place, "add", ".")
    git(place, "commit", "--quiet", "-m", "three")
    found = changed_lines(opened(str(place), tmp_path / "cache"), "main~1", "main")
    assert found == {"new.go": [[1, 2]], "pkg/größe.go": [[4, 6], [15, 15]]}


@pytest.mark.parametrize("text", ["", "nothing", "@@ -1 +1 @@\n+a", "+++ b/x\n@@ -1,0 +2,9 @@\n+a"])
def test_what_is_no_whole_diff_is_read_as_far_as_it_goes(text):
    assert set(parse(text)) <= {"x"}

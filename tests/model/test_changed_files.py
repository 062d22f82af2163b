"""Which changed file of a repository a profile's function is in, by what profilers call files."""

from __future__ import annotations

import pytest

from loadstone.model.changed_files import changed_file

CHANGED = ["main.go", "services/shop/pkg/work.py", "services/shop/app.py", "services/a/main.go"]
# `main.go` is the end of two others, and `services/b/main.go` is there, too, and the same.
TAILS = {
    "services/shop/pkg/work.py": "work.py",
    "services/shop/app.py": "shop/app.py",
    "services/a/main.go": "a/main.go",
}


@pytest.mark.parametrize(
    ("file", "module", "path"),
    [
        ("/src/checkout/services/shop/pkg/work.py", "", "services/shop/pkg/work.py"),
        ("pkg/work.py", "", "services/shop/pkg/work.py"),
        ("work.py", "", "services/shop/pkg/work.py"),
        ("other/work.py", "", ""),
        ("app.py", "", ""),  # another one of the repository is called so, too
        ("shop/app.py", "", "services/shop/app.py"),
        ("x.io/a/main.go", "x.io/a", "services/a/main.go"),
        ("x.io/repo/cmd/main.go", "x.io/repo", ""),
        ("x.io/repo/main.go", "x.io/repo", "main.go"),
        ("github.com/someone/pkg/work.py", "x.io/repo", ""),
        ("C:\\build\\services\\shop\\app.py", "", "services/shop/app.py"),
    ],
)
def test_a_file_is_found_by_an_end_of_its_path_that_no_other_has(file, module, path):
    assert changed_file(file, CHANGED, TAILS, module=module) == path


def test_where_nobody_knows_the_other_files_a_name_has_to_end_in_the_path():
    assert changed_file("x.io/app/codec/decode.go", ["codec/decode.go"], {}) == "codec/decode.go"
    assert changed_file("decode.go", ["codec/decode.go"], {}) == ""
    assert changed_file("/b/a/x.py", ["x.py", "a/x.py"], {}) == "a/x.py"

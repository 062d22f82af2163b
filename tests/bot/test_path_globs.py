"""Globs of paths, as GitHub's path filters have them."""

import pytest

from loadstone.bot.path_globs import matches


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("docs/**", "docs/a/b.txt", True),
        ("docs/**", "src/docs/b.txt", False),
        ("**/*.md", "README.md", True),
        ("**/*.md", "docs/reference/words.md", True),
        ("**/*.md", "docs/words.mdx", False),
        ("*.md", "docs/words.md", False),
        ("cmd/*/main.go", "cmd/proxy/main.go", True),
        ("cmd/*/main.go", "cmd/proxy/x/main.go", False),
        ("LICENSE*", "LICENSE.txt", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("a.c", "abc", False),
        ("**", "any/thing", True),
        ("[ab].go", "[ab].go", True),
    ],
)
def test_a_star_stays_within_a_folder_and_two_do_not(glob, path, fits):
    assert matches(path, [glob]) is fits


def test_one_of_several_is_enough():
    assert matches("go.mod", ["cmd/**", "go.*"])
    assert not matches("go.mod", [])

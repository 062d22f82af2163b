"""`loadstone cache` and `loadstone prune`: what is kept, and what goes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from loadstone.cli.cache import command as cache
from loadstone.cli.prune import command as prune
from tests.component.test_cache import kept


@pytest.fixture
def configured(tmp_path):
    (tmp_path / "loadstone.yaml").write_text(f"cache: {tmp_path}/cache\n")
    return ["--config", str(tmp_path / "loadstone.yaml")]


def said(command, *arguments):
    done = CliRunner().invoke(command, list(arguments))
    assert done.exit_code == 0, done.output
    return done.output


def test_what_is_kept_is_shown_with_its_size_and_when_it_goes(tmp_path, configured):
    kept(tmp_path / "cache", "packages", "thing-bin", "1.2.3", size=3 * 2**20, days=2.5)
    text = said(cache, *configured)
    assert text == (
        f"{tmp_path}/cache: 3.00 MiB in 1 entry\n"
        "\n"
        "what      size      last used   name\n"
        "packages  3.00 MiB  2 days ago  thing-bin 1.2.3\n"
        "\n"
        "`loadstone prune` removes what was not used for 30 days, and what is beyond 10.0 GiB, "
        "the longest unused first\n"
    )
    found = json.loads(said(cache, *configured, "--json"))
    assert (found["size"], found["entries"][0]["name"]) == (3 * 2**20, "thing-bin 1.2.3")


def test_an_empty_cache_is_no_error(tmp_path, configured):
    assert "0 entries" in said(cache, *configured)
    assert "0 B" in said(prune, *configured)


def test_pruning_goes_by_age_then_by_size_and_a_dry_run_only_says_so(tmp_path, configured):
    root = tmp_path / "cache"
    old, middle, young = (
        kept(root, "packages", "thing", name, size=1000, days=days)
        for name, days in (("old", 40), ("middle", 20), ("young", 1))
    )
    arguments = [*configured, "--most", "1kB"]
    text = said(prune, *arguments, "--dry-run")
    assert "would remove packages thing old: 1,000 B, unused for long" in text
    assert "would remove packages thing middle: 1,000 B, the longest unused" in text
    assert old.is_dir()
    found = json.loads(said(prune, *arguments, "--json"))
    assert [Path(each["path"]) for each in found["removed"]] == [old, middle]
    assert (found["freed"], found["left"], found["in_use"]) == (2000, 1000, 0)
    assert not old.exists()
    assert young.is_dir()


@pytest.mark.parametrize("value", ["5x", "-1", "", "10 days"])
def test_a_size_that_is_none_is_wrong_use(configured, value):
    done = CliRunner().invoke(prune, [*configured, "--most", value])
    assert done.exit_code == 2
    assert "write a size" in done.output

"""Git works on the repository that is named, whatever the caller, the user or the files ask for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from loadstone.component.revisions.missing import NoRevision
from loadstone.component.revisions.resolve import find, make, resolve
from loadstone.errors import MeasurementFailed, MissingTool, UsageError
from loadstone.flows.revision_programs import say, worded_builds
from loadstone.model import Side
from loadstone.report.common.sentences import in_full
from loadstone.system import processes
from loadstone.system.git import git as our_git
from loadstone.system.git import require, without_secret, words
from tests.component.repositories import commit, component, created, git

SRC = Path(__file__).parents[2] / "src"
RESOLVES = """
import sys
from pathlib import Path
from loadstone.component.revisions.missing import NoRevision
from loadstone.component.revisions.resolve import resolve
from loadstone.model import Side
from tests.component.repositories import component
found = resolve(component(sys.argv[1]), sys.argv[2], Side.HEAD, cache=Path(sys.argv[3]))
Path(sys.argv[4]).write_text(found.version)
"""


@pytest.fixture
def theirs(tmp_path):
    """A repository that is not the component's, with a branch of a remote."""
    place = created(tmp_path / "theirs", "theirs")
    git(place, "update-ref", "refs/remotes/origin/kept", "HEAD")
    return place


@pytest.fixture
def ours(tmp_path):
    return created(tmp_path / "ours", "one", "two")


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def version(repository, name, cache):
    return resolve(component(repository), name, Side.HEAD, cache=cache).version


# --- another repository's variables


def test_every_variable_of_a_repository_that_this_git_knows_is_left_out():
    done = subprocess.run(
        ["git", "rev-parse", "--local-env-vars"], check=True, capture_output=True, text=True
    )
    assert set(done.stdout.split()) <= processes.REPOSITORY


@pytest.mark.parametrize("scrubbed", [True, False])
def test_no_process_of_ours_sees_another_repository(monkeypatch, scrubbed):
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.hooksPath")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "/elsewhere")
    printed = processes.run(["env"], scrubbed=scrubbed).stdout
    assert "elsewhere" not in printed
    assert processes.run(["env"], env={"GIT_DIR": "/asked"}).stdout.count("/asked") == 1


def around(theirs):
    """Variables that lead to another repository."""
    inside = theirs / ".git"
    return {
        "GIT_DIR": str(inside),
        "GIT_WORK_TREE": str(theirs),
        "GIT_INDEX_FILE": str(inside / "index"),
        "GIT_OBJECT_DIRECTORY": str(inside / "objects"),
        "GIT_COMMON_DIR": str(inside),
        "GIT_PREFIX": "",
        "GIT_NAMESPACE": "x",
    }


@pytest.mark.parametrize("url", [False, True])
def test_a_build_is_of_its_own_repository_in_the_environment_of_another(
    tmp_path, theirs, ours, cache, monkeypatch, url
):
    described = f"file://{ours}" if url else ours
    before = git(theirs, "for-each-ref"), git(theirs, "status", "--porcelain")
    for name, value in around(theirs).items():
        monkeypatch.setenv(name, value)
    assert version(described, "main", cache) == "two clean"
    commit(ours, "three")
    assert version(described, "main", cache) == "three clean"
    assert (git(theirs, "for-each-ref"), git(theirs, "status", "--porcelain")) == before


def script(tmp_path, ours, cache):
    file = tmp_path / "resolves.py"
    file.write_text(RESOLVES)
    root = Path(__file__).parents[2]
    words = ["env", f"PYTHONPATH={SRC}:{root}", sys.executable, file, ours, "main", cache]
    return " ".join(f'"{word}"' for word in [*words, tmp_path / "said"])


def test_a_hook_of_another_repository_may_measure(tmp_path, theirs, ours, cache):
    hook = theirs / ".git" / "hooks" / "post-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec {script(tmp_path, f'file://{ours}', cache)}\n")
    hook.chmod(0o755)
    for number, (now, then) in enumerate([("two clean", "three"), ("three clean", "four")]):
        commit(theirs, f"theirs {number}")
        assert (tmp_path / "said").read_text() == now
        commit(ours, then)
    assert git(theirs, "rev-parse", "refs/remotes/origin/kept")


def test_a_rebase_in_a_linked_worktree_may_measure(tmp_path, theirs, ours, cache):
    tree = tmp_path / "linked"
    git(theirs, "worktree", "add", "--quiet", "-b", "side", str(tree))
    commit(tree, "on the side")
    git(tree, "rebase", "--quiet", "-x", script(tmp_path, ours, cache), "HEAD~1")
    assert (tmp_path / "said").read_text() == "two clean"
    assert git(tree, "status", "--porcelain") == ""


def test_a_broken_mirror_inside_a_repository_is_made_anew_and_that_left_alone(theirs, ours):
    cache = theirs / "cache"
    described = f"file://{ours}"
    version(described, "main", cache)
    (mirror,) = [each for each in (cache / "repositories").iterdir() if each.is_dir()]
    shutil.rmtree(mirror)
    mirror.mkdir()
    assert version(described, "main~1", cache) == "one clean"
    assert git(theirs, "rev-parse", "refs/remotes/origin/kept")


def test_what_a_killed_git_left_in_a_mirror_does_not_stop_the_next_one(ours, cache):
    version(f"file://{ours}", "main", cache)
    (mirror,) = [each for each in (cache / "repositories").iterdir() if each.is_dir()]
    for name in ("packed-refs.lock", "HEAD.lock", "refs/heads/main.lock", "config.lock"):
        (mirror / name).parent.mkdir(exist_ok=True, parents=True)
        (mirror / name).touch()
    commit(ours, "three")
    assert version(f"file://{ours}", "main", cache) == "three clean"


# --- hooks, filters and other commands of a user's or a repository's configuration


def fails(tmp_path, name):
    """A command that tells that it ran, and fails."""
    file = tmp_path / f"{name}-command"
    file.write_text(f"#!/bin/sh\necho {name} >> {tmp_path}/ran\ncat >/dev/null\nexit 1\n")
    file.chmod(0o755)
    return str(file)


def hooked(tmp_path, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("post-checkout", "reference-transaction", "post-index-change", "pre-auto-gc"):
        shutil.copy(fails(tmp_path, name), folder / name)
    return folder


@pytest.mark.parametrize("url", [False, True])
def test_nothing_that_a_configuration_adds_runs(tmp_path, ours, cache, monkeypatch, url):
    (ours / ".gitattributes").write_text("version filter=shout text eol=crlf\n")
    commit(ours, "three")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "global"))
    settings = {
        "core.hooksPath": str(hooked(tmp_path, tmp_path / "hooks")),
        "core.fsmonitor": fails(tmp_path, "fsmonitor"),
        "filter.shout.smudge": fails(tmp_path, "smudge"),
        "filter.shout.clean": fails(tmp_path, "clean"),
        "filter.shout.required": "true",
        "filter.a=b.process": fails(tmp_path, "process"),
        "gpg.program": fails(tmp_path, "gpg"),
        "log.showSignature": "true",
        "clone.defaultRemoteName": "upstream",
        "init.templateDir": str(hooked(tmp_path, tmp_path / "template" / "hooks").parent),
    }
    described = f"file://{ours}" if url else ours
    hooked(tmp_path, ours / ".git" / "hooks")
    for name, value in settings.items():
        git(ours, "config", name, value)
        git(ours, "config", "--global", name, value)
    assert version(described, "main", cache) == "three clean"
    if url:  # brought up to date, with the same configuration
        assert version(described, "main~1", cache) == "two clean"
    assert not (tmp_path / "ran").exists()


def test_a_users_attributes_and_line_endings_do_not_change_what_is_built(
    tmp_path, ours, cache, monkeypatch
):
    (tmp_path / "attributes").write_text("* text eol=crlf\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "global"))
    git(ours, "config", "--global", "core.attributesFile", str(tmp_path / "attributes"))
    git(ours, "config", "--global", "core.autocrlf", "true")
    (ours / ".git" / "info").mkdir(exist_ok=True)
    (ours / ".git" / "info" / "attributes").write_text("* text eol=crlf\n")
    command = ["sh", "-c", "mkdir out; cp make.py out/thing; chmod +x out/thing"]
    found = resolve(component(ours, command=command), "main", Side.HEAD, cache=cache)
    assert b"\r" not in Path(found.executable).read_bytes()


@pytest.mark.parametrize(("name", "value"), [("core.eol", "crlf"), ("core.symlinks", "false")])
def test_the_files_of_a_checkout_are_what_a_fresh_clone_holds(
    tmp_path, ours, cache, monkeypatch, name, value
):
    (ours / ".gitattributes").write_text("* text\n")
    (ours / "link").symlink_to("make.py")
    commit(ours, "three")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "global"))
    git(ours, "config", "--global", name, value)
    command = ["sh", "-c", "mkdir out; cp link out/thing; chmod +x out/thing"]
    found = resolve(component(ours, command=command), "main", Side.HEAD, cache=cache)
    assert Path(found.executable).read_bytes() == (ours / "make.py").read_bytes()


@pytest.mark.parametrize("variable", ["GIT_TRACE", "GIT_TRACE2", "GIT_TRACE_SETUP"])
def test_what_git_tells_of_its_own_work_does_not_hide_why_it_failed(
    ours, cache, monkeypatch, variable
):
    monkeypatch.setenv(variable, "1")
    with pytest.raises(NoRevision) as caught:
        resolve(component(ours), "main@{upstream}", Side.HEAD, cache=cache)
    assert caught.value.message.endswith("fatal: no upstream configured for branch 'main'")


def test_a_sparse_checkout_of_the_user_is_built_whole(ours, cache):
    (ours / "docs").mkdir()
    (ours / "docs" / "page").write_text("x")
    commit(ours, "three")
    git(ours, "sparse-checkout", "set", "docs")
    command = ["sh", "-c", "cat docs/page && python3 make.py"]
    found = resolve(component(ours, command=command), "main", Side.HEAD, cache=cache)
    assert found.version == "three clean"


def test_a_build_leaves_nothing_in_the_repository(ours, cache):
    def state():
        return {str(path): path.stat().st_mtime_ns for path in ours.rglob("*") if path.is_file()}

    before = state()
    resolve(component(ours), "main", Side.HEAD, cache=cache)
    assert state() == before


def test_a_build_can_ask_git_for_its_version_and_is_at_no_branch(ours, cache):
    git(ours, "tag", "-a", "-m", "x", "v1", "main~1")
    asks = "test -z $(git symbolic-ref -q HEAD) && test -z $(git status --porcelain) || exit 1"
    command = ["sh", "-c", f"{asks}; git describe --tags > version; python3 make.py"]
    found = resolve(component(ours, command=command), "main", Side.HEAD, cache=cache)
    assert found.version.startswith("v1-1-g")


def test_what_a_build_asks_of_git_runs_no_hook_of_the_user(tmp_path, ours, cache, monkeypatch):
    settings = tmp_path / ".gitconfig"
    git(ours, "config", "--file", str(settings), "core.hooksPath", str(tmp_path / "hooks"))
    git(ours, "config", "--file", str(settings), "core.fsmonitor", fails(tmp_path, "fsmonitor"))
    hooked(tmp_path, tmp_path / "hooks")
    monkeypatch.setenv("HOME", str(tmp_path))
    command = ["sh", "-c", "git checkout -q HEAD~1 && git status && python3 make.py"]
    found = resolve(component(ours, command=command), "main", Side.HEAD, cache=cache)
    assert found.version == "one clean"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("kind", ["bare", "linked", "subdirectory", "dirty"])
def test_every_kind_of_repository_is_built_from(tmp_path, ours, cache, kind):
    place = ours
    if kind == "bare":
        place = tmp_path / "bare.git"
        git(tmp_path, "clone", "--quiet", "--bare", str(ours), str(place))
    if kind == "linked":
        place = tmp_path / "linked"
        git(ours, "worktree", "add", "--quiet", "--detach", str(place), "main~1")
    if kind == "subdirectory":
        place = ours / "sub"
        place.mkdir()
    if kind == "dirty":
        (ours / "version").write_text("not committed")
    assert version(place, "main", cache) == "two clean"


def test_a_commit_of_a_shallow_or_a_partial_clone_is_built(tmp_path, ours, cache):
    git(ours, "config", "uploadpack.allowFilter", "true")
    for options in (["--depth=1"], ["--filter=blob:none", "--no-checkout"]):
        place = tmp_path / options[0].strip("-").partition(":")[0]
        git(tmp_path, "clone", "--quiet", *options, f"file://{ours}", str(place))
        assert version(place, "main", cache / place.name) == "two clean"
    assert version(tmp_path / "filter=blob", "main~1", cache) == "one clean"


# --- submodules and large files


@pytest.fixture
def outer(tmp_path, ours):
    """A repository whose version is a file of its submodule `ours`, and that in another one."""
    place = created(tmp_path / "outer", "outer")
    git(place, "submodule", "--quiet", "add", "../ours", "sub")
    commit(place, "outer")
    return place


FROM_SUB = ["sh", "-c", "cp sub/version version && python3 make.py"]


@pytest.mark.parametrize("kept", [True, False])
def test_submodules_are_checked_out(tmp_path, ours, outer, cache, kept):
    if kept:  # the clone that is in the repository will do
        ours.rename(tmp_path / "gone")
    else:
        shutil.rmtree(outer / ".git" / "modules")
    before = (outer / ".git" / "config").read_text()
    found = resolve(component(outer, command=FROM_SUB), "main", Side.HEAD, cache=cache)
    assert (found.version, list(found.notes)) == ("two clean", [])
    assert (outer / ".git" / "config").read_text() == before


def test_a_repositorys_own_way_to_a_server_holds_for_submodules_and_stays_in_it(
    tmp_path, ours, outer, cache
):
    """As a workflow's checkout keeps its token: in a file that the configuration includes."""
    server = "https://example.test/a/"
    git(outer, "config", "--unset", "submodule.sub.url")
    git(outer, "config", "--file", ".gitmodules", "submodule.sub.url", f"{server}ours")
    commit(outer, "outer")
    shutil.rmtree(outer / ".git" / "modules")
    included = str(tmp_path / "included")
    for written in (server, "ssh://git@example.test/"):
        name = f"url.file://{ours.parent}/.insteadOf"
        git(outer, "config", "--file", included, "--add", name, written)
    git(outer, "config", "include.path", included)
    keeps = "grep -ri insteadof .git/config .git/modules/sub/config && exit 1"
    command = ["sh", "-c", f"{keeps}; {FROM_SUB[2]}"]
    found = resolve(component(outer, command=command), "main", Side.HEAD, cache=cache)
    assert (found.version, list(found.notes)) == ("two clean", [])


def test_submodules_that_cannot_be_had_are_said_and_tried_again(tmp_path, ours, outer, cache):
    shutil.rmtree(outer / ".git" / "modules")
    ours.rename(tmp_path / "gone")
    said: list[str] = []
    found = resolve(component(outer), "main", Side.HEAD, cache=cache, progress=said.append)
    (note,) = found.notes
    assert note.code == "no-submodules"
    assert "does not exist" in in_full(note)
    say(found.notes, said.append)
    assert any("not checked out" in line for line in said)
    lacks = pytest.raises(MeasurementFailed, match="submodules are not checked out")
    with lacks, worded_builds():
        resolve(component(outer, command=FROM_SUB), "main", Side.HEAD, cache=cache)
    (tmp_path / "gone").rename(ours)
    again = resolve(component(outer), "main", Side.HEAD, cache=cache)
    assert list(again.notes) == []
    assert again.executable != found.executable


def test_no_hook_and_no_filter_runs_in_submodules(tmp_path, ours, outer, cache, monkeypatch):
    (ours / ".gitattributes").write_text("version filter=shout\n")
    commit(ours, "two")
    git(outer / "sub", "pull", "--quiet")
    commit(outer, "outer")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "global"))
    folder = hooked(tmp_path, tmp_path / "hooks")
    git(outer, "config", "--global", "core.hooksPath", str(folder))
    git(outer, "config", "--global", "filter.shout.smudge", fails(tmp_path, "smudge"))
    git(outer, "config", "--global", "filter.shout.required", "true")
    found = resolve(component(outer, command=FROM_SUB), "main", Side.HEAD, cache=cache)
    assert found.version == "two clean"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("kind", ["left-out", "unknown"])
def test_a_submodule_that_is_left_out_is_said(outer, cache, kind):
    if kind == "left-out":
        git(outer, "config", "--file", ".gitmodules", "submodule.sub.update", "none")
    else:
        (outer / ".gitmodules").unlink()
    commit(outer, "outer")
    (note,) = resolve(component(outer), "main", Side.HEAD, cache=cache).notes
    assert note.code == "no-submodules"
    assert "sub" in in_full(note).partition("checked out:")[2]


POINTER = """version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 12345
"""


def test_large_files_that_are_only_pointers_are_said(ours, cache, monkeypatch, tmp_path):
    (ours / ".gitattributes").write_text("*.bin filter=lfs diff=lfs merge=lfs -text\n")
    for name in ("a.bin", "b.bin", "größe.bin", "d.bin"):
        (ours / name).write_text(POINTER)
    (ours / "own.bin").write_text("kept as it is")
    commit(ours, "three")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("git", "sh"):
        (programs / name).symlink_to(shutil.which(name))
    monkeypatch.setenv("PATH", str(programs))
    found = resolve(component(ours), "main", Side.HEAD, cache=cache)
    (note,) = found.notes
    assert in_full(note) == (
        "main: large files are pointers only (a.bin, b.bin, d.bin and 1 more): "
        "there is no git-lfs here"
    )


needs_lfs = pytest.mark.skipif(shutil.which("git-lfs") is None, reason="needs git-lfs")


@pytest.fixture
def large(ours):
    """A repository whose version is a large file."""
    for step in (["lfs", "install", "--local"], ["lfs", "track", "version"]):
        git(ours, *step)
    commit(ours, "large")
    assert git(ours, "show", "HEAD:version").startswith("version https://git-lfs")
    return ours


@needs_lfs
@pytest.mark.parametrize("url", [False, True])
def test_large_files_are_fetched(tmp_path, large, cache, url):
    described = large
    if url:
        git(tmp_path, "clone", "--quiet", "--bare", str(large), str(tmp_path / "bare.git"))
        described = f"file://{tmp_path}/bare.git"
        git(large, "lfs", "push", "--all", described)
    found = resolve(component(described), "main", Side.HEAD, cache=cache)
    assert (found.version, list(found.notes)) == ("large clean", [])


@needs_lfs
def test_large_files_that_cannot_be_fetched_are_said_in_the_words_of_lfs(tmp_path, large, cache):
    git(tmp_path, "clone", "--quiet", "--bare", str(large), str(tmp_path / "bare.git"))
    described = component(f"file://{tmp_path}/bare.git")
    (note,) = resolve(described, "main", Side.HEAD, cache=cache).notes
    assert note.code == "no-lfs"
    assert "remote missing object" in in_full(note)


@needs_lfs
def test_large_files_may_be_left_out(large, cache, monkeypatch):
    monkeypatch.setenv("GIT_LFS_SKIP_SMUDGE", "1")
    (note,) = resolve(component(large), "main", Side.HEAD, cache=cache).notes
    assert in_full(note) == "main: large files are pointers only (version): git-lfs left them out"


# --- Git's own words, and secrets


def test_a_directory_that_is_no_repository_is_said_in_gits_words(tmp_path, cache):
    with pytest.raises(UsageError, match="not a git repository"):
        resolve(component(tmp_path), "main", Side.HEAD, cache=cache)


def test_dubious_ownership_is_said_in_gits_words(tmp_path, ours, cache, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "global"))
    with pytest.raises(UsageError, match="dubious ownership") as caught:
        resolve(component(ours), "main", Side.HEAD, cache=cache)
    assert "safe.directory" in caught.value.message


def test_a_url_that_cannot_be_reached_is_said_in_gits_words_and_without_its_password(cache):
    url = "http://user:hunter2@127.0.0.1:1/x.git"
    with pytest.raises(MeasurementFailed, match="Failed to connect") as caught:
        resolve(component(url), "main", Side.HEAD, cache=cache)
    assert "hunter2" not in str(caught.value)
    assert "http://127.0.0.1:1/x.git" in str(caught.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://token@example.test/a/b.git", "https://example.test/a/b.git"),
        ("https://x:token@example.test/a@b", "https://example.test/a@b"),
        ("ssh://git:pass@example.test/a", "ssh://git@example.test/a"),
        ("git@example.test:a/b.git", "git@example.test:a/b.git"),
        ("/a/path@x", "/a/path@x"),
    ],
)
def test_a_url_is_shown_without_what_opens_it(url, shown):
    assert without_secret(url) == shown


def test_what_a_server_says_cannot_steer_a_terminal_or_fill_it():
    said = (
        "remote: \x1b[31mred\x1b]0;title\x07 \u202etxt\rfatal: größer\n\n"
        + "x\n" * 100
        + "y" * 9000
    )
    shown = words(processes.CommandFailed(["git"], 128, said))
    assert shown.splitlines()[0] == "remote: �[31mred�]0;title� �txt"
    assert shown.splitlines()[1] == "fatal: größer"
    assert len(shown) < 4000


def test_no_question_is_asked(tmp_path, ours, monkeypatch):
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "1")
    assert our_git(ours, "-c", "alias.told=!echo $GIT_TERMINAL_PROMPT", "told").strip() == "0"


def test_ssh_asks_nothing_and_is_called_as_the_user_wants(tmp_path, cache, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "global"))
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "ssh").write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/called\nexit 1\n')
    (programs / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    described = component("git@example.test:a/b.git")
    for chosen in ("-o BatchMode=yes", "-i chosen"):
        with pytest.raises(MeasurementFailed, match="Could not read from remote repository"):
            resolve(described, "main", Side.HEAD, cache=cache)
        assert chosen in (tmp_path / "called").read_text()
        git(tmp_path, "config", "--global", "core.sshCommand", "ssh -i chosen")


@pytest.mark.parametrize(("said", "enough"), [("2.30.2", False), ("2.31.0", True), ("3.0", True)])
def test_a_git_that_would_run_hooks_is_refused(tmp_path, monkeypatch, said, enough):
    (tmp_path / "git").write_text(f"#!/bin/sh\necho git version {said}\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    require.cache_clear()
    if enough:
        require()
    else:
        with pytest.raises(
            MissingTool, match=r"need Git 2\.31 or later: here is git version 2\.30"
        ):
            require()
    require.cache_clear()


# --- at once


def test_two_that_need_one_mirror_and_one_build_at_once_both_get_it(tmp_path, ours, cache):
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{SRC}:{root}"}
    command = [sys.executable, "-c", RESOLVES, f"file://{ours}", "main", str(cache)]
    running = [
        subprocess.Popen([*command, str(tmp_path / f"said{number}")], env=environment)
        for number in range(3)
    ]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert {(tmp_path / f"said{number}").read_text() for number in range(3)} == {"two clean"}
    assert (tmp_path / "log").read_text() == "built\n"


def test_builds_at_once_do_not_disturb_each_other(tmp_path, ours, cache):
    described = component(ours)
    found = {
        side: find(described, name, side, cache=cache)
        for side, name in ((Side.BASE, "main~1"), (Side.HEAD, "main"))
    }
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", RESOLVES, str(ours), "main", str(cache), str(tmp_path / "a")]
    environment = {**os.environ, "PYTHONPATH": f"{SRC}:{root}"}
    with subprocess.Popen(command, env=environment) as other:
        made = [make(described, each, cache=cache) for each in found.values()]
    assert other.returncode == 0
    assert [each.version for each in made] == ["one clean", "two clean"]
    assert (tmp_path / "log").read_text() == "built\n" * 2

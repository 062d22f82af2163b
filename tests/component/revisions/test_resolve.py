"""From what a user names a revision to a program that runs."""

import re
import shlex
import threading
import zipfile
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone import formats
from loadstone.component.revisions.missing import NoRevision
from loadstone.component.revisions.resolve import find, resolve
from loadstone.errors import MeasurementFailed, UsageError
from loadstone.flows import prepare
from loadstone.flows.request import Request
from loadstone.flows.revision_programs import say
from loadstone.formats.configuration import Config
from loadstone.model import Side
from loadstone.report.common.sentences import in_full
from tests.component.repositories import commit, created, digest, drafts, git, made
from tests.component.repositories import component as built

pytestmark = pytest.mark.slow  # most build or install something

SCRIPT = "#!/bin/sh\necho thing {version}\n"


def component(**revisions):
    return formats.Component(
        component="thing",
        about="",
        role="x",
        revisions=formats.Revisions(**revisions),
        ports=["http"],
        command=["${executable}"],
        traffic="${http}",
        ready=formats.Ready(url="http://${http}/"),
        version=["${executable}", "--version"],
    )


PACKAGED = component(package=formats.PackageSource(name="thing-bin", executable="thing"))
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
    other = component(package=formats.PackageSource(name="thing-bin", executable="other"))
    with pytest.raises(UsageError, match="no program other"):
        resolve(other, "1.2.3", Side.BASE, cache=tmp_path / "cache", pip_options=wheels)


@pytest.fixture
def started_inside(tmp_path):
    """A package whose script, as pip writes it, starts a program that lies inside the package."""
    place = tmp_path / "inside"
    place.mkdir()
    info = "inner-1.0.dist-info"
    with zipfile.ZipFile(place / "inner-1.0-py3-none-any.whl", "w") as wheel:
        inner = zipfile.ZipInfo("inner/_bin/thing")
        inner.external_attr = 0o100755 << 16
        wheel.writestr(inner, SCRIPT.format(version="1.0"))
        wheel.writestr("inner/__init__.py", "def main(): ...\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: inner\nVersion: 1.0\n")
        tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        wheel.writestr(f"{info}/WHEEL", tag)
        wheel.writestr(f"{info}/entry_points.txt", "[console_scripts]\nthing = inner:main\n")
        wheel.writestr(f"{info}/RECORD", "")
    return ["--no-index", "--find-links", str(place)]


def test_a_program_inside_a_package_is_named_by_its_path(tmp_path, started_inside):
    path = formats.PackageSource(name="inner", executable="inner/_bin/thing")
    cache = tmp_path / "cache"
    found = resolve(
        component(package=path), "1.0", Side.BASE, cache=cache, pip_options=started_inside
    )
    assert found.version == "thing 1.0"


def test_a_script_that_only_starts_what_is_inside_is_no_program_and_that_is_named(
    tmp_path, started_inside
):
    """It could not import its package, and is the same for every version."""
    script = component(package=formats.PackageSource(name="inner", executable="thing"))
    with pytest.raises(UsageError, match="starts something else") as caught:
        resolve(script, "1.0", Side.BASE, cache=tmp_path / "cache", pip_options=started_inside)
    assert caught.value.next_step.endswith("inner/_bin/thing")


@pytest.mark.parametrize("path", ["/bin/sh", "../thing", "inner/../../thing"])
def test_a_path_that_leaves_the_package_is_refused(tmp_path, started_inside, path):
    other = component(package=formats.PackageSource(name="inner", executable=path))
    with pytest.raises(UsageError, match="does not name a package's program"):
        resolve(other, "1.0", Side.BASE, cache=tmp_path / "cache", pip_options=started_inside)


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
    described = component(image=formats.ImageSource(reference="a.test/thing:v${revision}"))
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
        package=formats.PackageSource(name="thing-bin", executable="thing"),
        build=formats.BuildSource(repository="/nonexistent", command=["true"], executable="x"),
    )
    bad = f"-{name} ;"
    with pytest.raises(UsageError, match="not the name of a revision"):
        resolve(
            described,
            form + bad,
            Side.BASE,
            cache=Path("/nonexistent"),
            image_ok=form == "image:",
        )


@pytest.mark.parametrize("name", ["--help", "1.2;rm", "../../x", "1..2", "a b", "1.2\n", "@{-1}"])
def test_what_could_be_an_option_or_a_path_is_no_version(tmp_path, name):
    with pytest.raises(UsageError, match="not the name of a revision"):
        resolve(PACKAGED, f"package:{name}", Side.BASE, cache=tmp_path)


# --- builds


@pytest.fixture
def repository(tmp_path):
    place = created(tmp_path / "repository", "one", "two")
    git(place, "tag", "v1", "HEAD~1")
    return place


def test_a_commit_is_built_once_and_without_our_secrets(tmp_path, repository):
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


def test_a_commit_is_known_by_its_subject_and_by_the_branch_or_tag_that_was_taken(
    tmp_path, repository
):
    head = commit(repository, "three", subject="Größer, and `quoted`: <b>")
    found = find(built(repository), "main", Side.HEAD, cache=tmp_path / "cache")
    assert (found.commit, found.ref, found.executable) == (head, "refs/heads/main", "")
    assert found.subject == "Größer, and `quoted`: <b>"
    old = find(built(repository), "build:v1", Side.HEAD, cache=tmp_path / "cache")
    assert (old.ref, old.subject) == ("refs/tags/v1", "one")


def test_a_repository_may_be_a_url(tmp_path, repository):
    described = built(f"file://{repository}")
    first = resolve(described, "main", Side.HEAD, cache=tmp_path / "cache")
    commit(repository, "three")
    second = resolve(described, "main", Side.HEAD, cache=tmp_path / "cache")
    assert (first.version, second.version) == ("two clean", "three clean")


def test_a_mirror_follows_branches_that_go_and_a_default_that_changes(tmp_path, repository):
    described = built(f"file://{repository}")
    git(repository, "branch", "old")
    resolve(described, "HEAD", Side.HEAD, cache=tmp_path / "cache")
    git(repository, "branch", "-D", "old")
    git(repository, "checkout", "--quiet", "-b", "trunk")
    commit(repository, "three")
    assert resolve(described, "HEAD", Side.HEAD, cache=tmp_path / "cache").version == "three clean"
    with pytest.raises(NoRevision, match="has no revision old"):
        resolve(described, "old", Side.HEAD, cache=tmp_path / "cache")


def test_a_mirror_that_has_the_commit_is_not_fetched_again(tmp_path, repository):
    described = built(f"file://{repository}")
    first = resolve(described, "main", Side.HEAD, cache=tmp_path / "cache")
    repository.rename(tmp_path / "gone")
    again = resolve(described, first.commit, Side.HEAD, cache=tmp_path / "cache")
    assert again.executable == first.executable


def test_both_revisions_are_found_before_one_is_built(tmp_path, repository):
    (tmp_path / "thing.yaml").write_text(COMPONENT.format(repository=repository))
    request = settings_of(tmp_path, base="v1", head="mian")
    with pytest.raises(NoRevision, match="has no revision mian") as caught:
        prepare.prepare(request)
    assert "near it are: main" in caught.value.next_step
    assert not (tmp_path / "log").exists()
    job = prepare.prepare(replace(request, head="main"))
    assert [each.version for each in (job.plan.base, job.plan.head)] == ["one clean", "two clean"]
    assert job.plan.commits is not None
    assert (job.plan.commits.ahead, job.plan.commits.listed[0].subject) == (1, "two")


COMPONENT = """
component: thing
about: A thing.
role: ingress
revisions:
  build: {{repository: "{repository}", command: [python3, make.py], executable: out/thing}}
ports: [http]
command: ["${{executable}}"]
traffic: ${{http}}
ready: {{url: "http://${{http}}/"}}
version: ["${{executable}}"]
metrics: http://${{http}}/metrics
"""


def settings_of(tmp_path, *, base, head):
    config = Config(cache=str(tmp_path / "cache"))
    return Request(
        scenarios=["ingress-latency"],
        component=str(tmp_path / "thing.yaml"),
        base=base,
        head=head,
        config=config,
    )


def test_a_build_that_fails_shows_what_it_printed_and_is_tried_again(tmp_path, repository):
    described = built(repository, command=["sh", "-c", "echo no compiler >&2; exit 4"])
    for _ in range(2):
        with pytest.raises(MeasurementFailed, match="no compiler"):
            resolve(described, "main", Side.BASE, cache=tmp_path / "cache")
    assert git(repository, "worktree", "list").count("\n") == 0


def test_a_build_that_makes_no_program_is_a_failure(tmp_path, repository):
    described = built(repository, command=["true"])
    with pytest.raises(MeasurementFailed, match="made no program"):
        resolve(described, "main", Side.BASE, cache=tmp_path / "cache")


def test_a_repository_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="no repository"):
        resolve(built(tmp_path / "none"), "main", Side.BASE, cache=tmp_path / "cache")


# --- a version or a commit


@pytest.fixture
def both(repository):
    return built(repository, package=formats.PackageSource(name="thing-bin", executable="thing"))


def planted(repository, beginning):
    """A commit whose hash has that shape."""
    text = next(text for name, text in drafts(repository) if re.match(beginning, name))
    name = made(repository, "commit", text)
    git(repository, "update-ref", "refs/heads/planted", name)
    return name


@pytest.mark.parametrize("shape", ["[0-9]{3}[a-f]", "[0-9]{6}", "[0-9]e[0-9]{2}", "[0-9][a-f]"])
def test_the_hash_of_a_commit_that_begins_with_a_digit_is_no_version(
    tmp_path, repository, both, shape
):
    whole = planted(repository, shape)
    for asked in (whole[:8], whole[:12].upper(), whole):
        found = find(both, asked, Side.HEAD, cache=tmp_path / "cache")
        assert (found.source, found.commit) == ("build", whole)


@pytest.mark.parametrize("name", ["1.2.3", "v1.2.3"])
def test_what_is_written_as_a_version_is_one_where_there_are_commits_too(
    tmp_path, wheels, both, name, repository
):
    git(repository, "tag", name)
    cache = tmp_path / "cache"
    found = find(both, name, Side.HEAD, cache=cache, pip_options=wheels)
    assert (found.source, found.label, found.version) == ("package", name, "thing 1.2.3")
    asked = find(both, f"build:{name}", Side.HEAD, cache=cache)
    assert (asked.source, asked.subject) == ("build", "two")


@pytest.mark.parametrize("name", ["12", "v2", "2024", "1.2.3+k3s1"])
def test_a_tag_that_could_be_a_version_is_a_commit(tmp_path, both, name, repository):
    git(repository, "tag", name)
    assert find(both, name, Side.HEAD, cache=tmp_path / "cache").source == "build"


def test_what_could_be_both_is_a_version_where_git_does_not_know_it(tmp_path, wheels, both):
    with pytest.raises(UsageError, match=r"there is no thing-bin 20260101"):
        find(both, "20260101", Side.HEAD, cache=tmp_path / "cache", pip_options=wheels)


NAMES = (
    "v1.27.3+k3s1",
    "component@1.2.3",
    "dependabot/npm/@types/node-20",
    "feat/größe",
    "fix#12",
    "1.2.x",
    "release-1.2",
    "a,b;c&d|e$f(g)h'i\"j`k!l%m=n",
    "ünï/日本語",
    "UPPER",
    "refs/x",
    "deadbeef",
    "1234567",
)


@pytest.mark.parametrize(("kind", "under"), [("tag", "tags"), ("branch", "heads")])
def test_every_name_that_git_allows_is_a_revision(tmp_path, repository, both, kind, under):
    for name in NAMES:
        git(repository, kind, name, "main~1")
        for asked in (name, f"build:{name}", f"refs/{under}/{name}"):
            found = find(both, asked, Side.HEAD, cache=tmp_path / "cache")
            assert (found.subject, found.ref) == ("one", f"refs/{under}/{name}"), asked
            assert list(found.notes) == []


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("HEAD~1", "one"),
        ("main^", "one"),
        ("@", "two"),
        ("@~1", "one"),
        ("v1^{}", "one"),
        ("v1^{commit}", "one"),
        ("main@{0}", "two"),
        (":/on", "one"),
        ("main^{/on}", "one"),
        ("heads/main", "two"),
        ("v1-0-g{}", "one"),
    ],
)
def test_every_way_to_name_a_commit_works(tmp_path, repository, both, name, subject):
    asked = name.replace("g{}", "g" + git(repository, "rev-parse", "v1"))
    assert find(both, asked, Side.HEAD, cache=tmp_path / "cache").subject == subject


def test_an_annotated_tag_is_its_commit(tmp_path, repository):
    git(repository, "tag", "-a", "-m", "annotated", "v2", "main")
    git(repository, "tag", "-a", "-m", "of a tag", "v3", "v2")
    for name, ref in (("v2", "refs/tags/v2"), ("v3", "refs/tags/v3"), ("v3~0", "refs/tags/v3")):
        found = find(built(repository), name, Side.HEAD, cache=tmp_path / "cache")
        assert found.ref == ref
    for name in ("v2", "v3", git(repository, "rev-parse", "v2")):
        found = find(built(repository), name, Side.HEAD, cache=tmp_path / "cache")
        assert (found.subject, found.commit) == ("two", git(repository, "rev-parse", "main"))


@pytest.mark.parametrize(
    "name", ["-x", "--help", "--upload-pack=x", "", " ", "a\nb", "a\0b", "\udce9"]
)
def test_what_git_cannot_mean_is_refused_in_words(tmp_path, repository, name):
    with pytest.raises(UsageError, match="not the name of a revision"):
        find(built(repository), name, Side.HEAD, cache=tmp_path / "cache")


@pytest.mark.parametrize("name", ["nothing", "a b", "v1..main", "^main", "HEAD:make.py", "0" * 40])
def test_a_revision_that_is_not_there_is_named(tmp_path, repository, name):
    with pytest.raises(NoRevision) as caught:
        find(built(repository), name, Side.BASE, cache=tmp_path / "cache")
    assert f"has no revision {name}" in caught.value.message
    assert "Needed a single" not in str(caught.value)
    assert caught.value.next_step


def test_an_abbreviation_of_several_commits_is_said_in_gits_words(tmp_path, repository):
    seen: dict[str, str] = {}
    short, one, two = next(
        (name[:4], other, text)
        for name, text in drafts(repository)
        if (other := seen.setdefault(name[:4], text)) != text
    )
    for text in (one, two):
        made(repository, "commit", text)
    with pytest.raises(NoRevision, match=r"short object ID \w+ is ambiguous") as caught:
        find(built(repository), short, Side.HEAD, cache=tmp_path / "cache")
    assert "The candidates are" in caught.value.message


def test_of_an_abbreviation_only_the_commit_counts(tmp_path, repository):
    head = git(repository, "rev-parse", "main")
    blob = next(text for text in map(str, count()) if digest("blob", text).startswith(head[:4]))
    assert made(repository, "blob", blob)[:4] == head[:4]
    found = find(built(repository), head[:4], Side.HEAD, cache=tmp_path / "cache")
    assert found.commit == head


# --- names with two meanings


def test_of_a_tag_and_a_branch_of_one_name_it_is_said_which_was_taken(tmp_path, repository):
    git(repository, "branch", "v1", "main")
    for asked in ("v1", "v1~0"):
        found = find(built(repository), asked, Side.HEAD, cache=tmp_path / "cache")
        one, two = (git(repository, "rev-parse", "--short=7", name) for name in ("main~1", "main"))
        (note,) = found.notes
        assert found.subject == "one"
        assert in_full(note) == (
            f"v1 is the name of the tag refs/tags/v1 ({one}) and of the branch refs/heads/v1 "
            f"({two}): the tag was taken"
        )


def test_of_a_branch_that_is_named_like_another_commit_that_is_said(tmp_path, repository):
    name = git(repository, "rev-parse", "main~1")[:8]
    git(repository, "branch", name, "main")
    found = find(built(repository), name, Side.HEAD, cache=tmp_path / "cache")
    (note,) = found.notes
    assert found.subject == "two"
    assert f"refs/heads/{name}, which was taken" in in_full(note)


@pytest.fixture
def clone(tmp_path, repository):
    """A checkout as a workflow has it: at no branch, with those of the remote."""
    place = tmp_path / "clone"
    git(repository, "branch", "feat/größe", "main~1")
    git(tmp_path, "clone", "--quiet", str(repository), str(place))
    git(place, "checkout", "--quiet", "--detach", "origin/main")
    git(place, "branch", "-D", "main")
    return place


@pytest.mark.parametrize(
    ("name", "subject", "taken"),
    [
        ("main", "two", "origin/main"),
        ("main~1", "one", "origin/main"),
        ("feat/größe", "one", "origin/feat/größe"),
    ],
)
def test_a_branch_that_only_the_remote_has_is_taken_and_that_is_said(
    tmp_path, clone, name, subject, taken
):
    said: list[str] = []
    found = find(built(clone), name, Side.HEAD, cache=tmp_path / "cache", progress=said.append)
    (note,) = found.notes
    assert (found.subject, found.ref) == (subject, f"refs/remotes/{taken}")
    stem = name.removesuffix("~1")
    assert in_full(note) == f"there is no branch or tag {stem} in {clone}: {taken} was taken"
    say([note], said.append)
    assert said == [f"note: {in_full(note)}"]
    assert find(built(clone), "origin/main", Side.HEAD, cache=tmp_path / "cache").notes == []


def test_of_several_remotes_origin_is_taken_and_none_is_guessed(tmp_path, clone, repository):
    for name in ("fork", "other"):
        git(clone, "remote", "add", name, str(repository))
        git(clone, "fetch", "--quiet", name)
    found = find(built(clone), "main", Side.HEAD, cache=tmp_path / "cache")
    assert found.ref == "refs/remotes/origin/main"
    git(clone, "remote", "remove", "origin")
    with pytest.raises(NoRevision, match="several remotes: fork/main, other/main"):
        find(built(clone), "main", Side.HEAD, cache=tmp_path / "cache")


def test_a_remotes_branch_is_found_in_the_mirror_of_that_remote(tmp_path, repository):
    described = built(f"file://{repository}")
    found = find(described, "origin/main", Side.HEAD, cache=tmp_path / "cache")
    (note,) = found.notes
    assert (found.subject, found.ref) == ("two", "refs/heads/main")
    assert "main was taken" in in_full(note)


def test_the_head_of_a_pull_request_is_a_revision(tmp_path, repository, clone):
    git(repository, "update-ref", "refs/pull/7/head", "main~1")
    described = built(f"file://{repository}")
    for name in ("pull/7/head", "refs/pull/7/head"):
        assert find(described, name, Side.HEAD, cache=tmp_path / "cache").subject == "one"
    git(clone, "remote", "remove", "origin")  # and nobody says where it came from
    with pytest.raises(NoRevision) as caught:
        find(built(clone), "refs/pull/7/head", Side.HEAD, cache=tmp_path / "cache")
    step = caught.value.next_step
    assert "git fetch origin pull/7/head:refs/pull/7/head" in step
    git(clone, "fetch", "--quiet", str(repository), "pull/7/head:refs/pull/7/head")
    assert find(built(clone), "pull/7/head", Side.HEAD, cache=tmp_path / "cache").subject == "one"


def test_what_a_shallow_clone_lacks_is_said_with_how_to_get_it(tmp_path, repository):
    place = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository}", str(place))
    order = None
    for name in ("v1", "HEAD~1", git(repository, "rev-parse", "main~1")):
        with pytest.raises(NoRevision, match=f"has no revision {name}") as caught:
            find(built(place), name, Side.HEAD, cache=tmp_path / "cache")
        assert "fetch-depth: 0" in caught.value.next_step
        order = re.search(r"`git (fetch --unshallow[^`]*)`", caught.value.next_step)
    git(repository, "branch", "other", "main~1")
    assert order
    git(place, *shlex.split(order[1]))
    for name in ("v1", "HEAD~1", "other"):
        assert find(built(place), name, Side.HEAD, cache=tmp_path / "cache").subject == "one"


@pytest.mark.parametrize("name", ["HEAD", "FETCH_HEAD"])
def test_a_branch_that_is_named_like_a_place_of_gits_own_is_not_taken(tmp_path, repository, name):
    git(repository, "fetch", "--quiet", ".", "main")
    git(repository, "update-ref", f"refs/heads/{name}", "main~1")
    found = find(built(repository), name, Side.HEAD, cache=tmp_path / "cache")
    assert (found.subject, found.ref) == ("two", "")


def test_a_file_that_is_named_like_a_branch_is_taken_and_that_is_said(
    tmp_path, repository, monkeypatch
):
    (tmp_path / "feat").mkdir()
    program(tmp_path / "feat" / "x", version="7")
    git(repository, "branch", "feat/x", "main")
    monkeypatch.chdir(tmp_path)
    cache = tmp_path / "cache"
    found = find(built(repository), "feat/x", Side.HEAD, cache=cache)
    (note,) = found.notes
    assert found.source == "path"
    assert "build:feat/x" in in_full(note)
    assert find(built(repository), "build:feat/x", Side.HEAD, cache=cache).subject == "two"
    assert find(built(repository), "./feat/x", Side.HEAD, cache=cache).notes == []


def test_a_file_that_is_named_like_a_revision_does_not_stand_in_for_it(
    tmp_path, repository, monkeypatch
):
    for name in ("main", "v1"):
        (repository / name).write_text("x")
    monkeypatch.chdir(repository)
    assert find(built("."), "main", Side.HEAD, cache=tmp_path / "cache").subject == "two"


def test_to_name_a_file_clones_no_repository(tmp_path, repository):
    program = tmp_path / "bin" / "x"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    asked = built(f"file://{repository}")
    found = find(asked, str(program), Side.HEAD, cache=tmp_path / "cache")
    assert found.source == "path"
    assert not (tmp_path / "cache").exists()

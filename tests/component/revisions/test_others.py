"""Programs of the processes that do not run what is compared."""

import pytest

from loadstone import formats
from loadstone.component.revisions.beside import beside
from loadstone.component.revisions.resolve import find, resolve
from loadstone.errors import UsageError
from loadstone.model import Side
from tests.component.several import component, server

NOWHERE = formats.Revisions(package=formats.PackageSource(name="nothing", executable="x"))


def program(folder, name, says="1.0"):
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {name} {says}\n")
    path.chmod(0o755)
    return path


def described(revision, **more):
    return component(
        web=server("http", version=["${executable}"]),
        side=server(
            "side", version=["${executable}"], revisions=NOWHERE, revision=revision, **more
        ),
    )


def test_each_has_its_own_program_at_its_own_revision(tmp_path):
    web, side = program(tmp_path, "web"), program(tmp_path, "side", "7")
    found = resolve(described(f"path:{side}"), f"path:{web}", Side.HEAD, cache=tmp_path)
    assert (found.executable, found.version) == (str(web), "web 1.0")
    held = found.others["side"]
    assert (held.executable, held.version) == (str(side), "side 7")
    assert held.side is Side.HEAD
    assert held.digest != found.digest


def test_one_may_follow_the_revision_that_is_compared(tmp_path):
    web, side = program(tmp_path, "web"), program(tmp_path, "x")  # x: what `NOWHERE` ships
    found = resolve(described("${revision}"), f"path:{web}", Side.BASE, cache=tmp_path)
    assert found.others["side"].executable == str(side)  # beside the one that was named


def test_one_that_follows_a_version_has_that_version(tmp_path):
    (process,) = (each for each in described("${revision}").processes.values() if each.revision)
    assert beside(process, "1.2.3") == "1.2.3"
    assert beside(process, "build:main") == "build:main"
    assert beside(process, "path:bin/web") == "path:bin/x"


def test_one_that_is_nowhere_costs_no_build(tmp_path):
    web = program(tmp_path, "web")
    with pytest.raises(UsageError, match="/nonexistent/side"):
        find(described("path:/nonexistent/side"), f"path:{web}", Side.BASE, cache=tmp_path)


def test_a_component_of_one_process_has_no_others(tmp_path):
    web = program(tmp_path, "web")
    alone = described("1").alone("web")
    assert resolve(alone, f"path:{web}", Side.BASE, cache=tmp_path).others == {}

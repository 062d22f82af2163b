"""The outbox of a job: what could not be sent, with the files that it needs."""

from dataclasses import replace

import pytest

from loadstone.flows import resend
from loadstone.flows.bot.kept_outbox import kept
from loadstone.github import outbox
from loadstone.github.perform import UndeliveredEffect
from loadstone.model.bot import ReleaseAsset, ReleaseSection
from tests.flows.bot.made import commit, repository, runner
from tests.github import conftest
from tests.github.conftest import TOKEN

world = conftest.world  # the fixture


@pytest.fixture
def step(world, tmp_path):
    root = repository(tmp_path / "checkout")
    commit(root)
    made = runner(root, name="push", payload={}, ref="refs/tags/v1", run=5, url=world.server.url)
    return replace(made, run=5)


def undelivered(path):
    section = ReleaseSection(tag="v1", key="proxy", body="Performance")
    asset = ReleaseAsset(tag="v1", name="loadstone-proxy.json", path=str(path))
    return [UndeliveredEffect(effect=each, reason="502") for each in (section, asset)]


def test_files_lie_beside_it_and_are_sent_with_it(world, step, tmp_path):
    path = tmp_path / "gone" / "record.json"
    path.parent.mkdir()
    path.write_text("{}")
    outputs = kept(step, undelivered(path), origin="5-1")
    assert outputs["artifact"] == "loadstone-outbox-5-1"
    path.unlink()
    file = step.workspace / outputs["directory"] / "outbox.json"
    found = [each.effect for each in outbox.read(file).undelivered]
    assert [each.path for each in found if isinstance(each, ReleaseAsset)] == [
        "loadstone-proxy.json"
    ]
    done = resend.run(file, TOKEN, url=world.server.url, connect=lambda *_, **__: world.client())
    assert (done.done, list(done.undelivered)) == (2, [])
    assert not file.exists()


def test_a_file_elsewhere_on_this_machine_is_never_sent(world, step, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("x")
    outputs = kept(step, undelivered(tmp_path / "none"), origin="5-1")
    file = step.workspace / outputs["directory"] / "outbox.json"
    text = file.read_text().replace(str(tmp_path / "none"), str(secret))
    file.write_text(text)
    done = resend.run(file, TOKEN, url=world.server.url, connect=lambda *_, **__: world.client())
    assert [type(each.effect).__name__ for each in done.undelivered] == ["ReleaseAsset"]

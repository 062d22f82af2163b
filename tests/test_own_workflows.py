"""Our own workflows: what is said of users' holds for ours, and a release names its image."""

import importlib.util
import re
from pathlib import Path

import pytest

from loadstone.flows import doctor_github
from loadstone.scaffold.drafts import NAMES, WORKFLOWS
from tests.scaffold.golden import FOLDER

ROOT = Path(__file__).parents[1]
DIGEST = f"sha256:{'0a' * 32}"


def released(text, image):
    spec = importlib.util.spec_from_file_location(
        "release_image", ROOT / ".github/release_image.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.released(text, image)


def test_nothing_is_missing_or_unsafe_in_our_own_repository():
    assert [each for each in doctor_github.findings(ROOT) if each.code != "no-gate"] == []


@pytest.mark.parametrize("name", [each for each in NAMES if "release" not in each])
def test_ours_are_what_init_writes_but_for_where_the_action_is(name):
    """But for the measuring, which takes its harness from the base."""
    ours = (ROOT / WORKFLOWS / name).read_text()
    theirs = (FOLDER / "controller" / WORKFLOWS / name).read_text().partition("\n")[2]
    assert plain(ours) == plain(theirs)


def plain(text):
    """Without the action's place, and without the second checkout of ours."""
    own = r" +# The harness is the base's.*?persist-credentials: false\n"
    text = re.sub(own, "", text, flags=re.DOTALL)
    return re.sub(r"uses: (\./(?!\.github)|acme/loadstone@).*", "uses: …", text)


def test_a_release_names_its_image_by_digest_in_place_of_the_dockerfile():
    text = released((ROOT / "action.yml").read_text(), f"ghcr.io/acme/loadstone@{DIGEST}")
    assert f"  image: docker://ghcr.io/acme/loadstone@{DIGEST}\n" in text
    assert "Dockerfile" not in text.partition("runs:")[2]


@pytest.mark.parametrize("image", ["ghcr.io/acme/loadstone:v1", "", f"a b@{DIGEST}", "x@sha256:0"])
def test_an_image_that_can_change_is_refused(image):
    with pytest.raises(ValueError, match="digest"):
        released((ROOT / "action.yml").read_text(), image)

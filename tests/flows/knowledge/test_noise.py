"""The noise model beside the baselines: learnt from what was kept, used where it belongs."""

from dataclasses import replace

import pytest

from loadstone.errors import InvalidFile
from loadstone.flows.judge import judged
from loadstone.flows.knowledge import noise
from loadstone.store.directory import DirectoryStore
from tests.report import samples


@pytest.fixture(scope="module")
def calm():
    """A judged record in which nothing was found."""
    return judged(samples.unchanged(), anew=True)


def kept(record, root, times=1):
    """The noise model after so many sessions that differ in nothing but when they ended."""
    store = DirectoryStore(root)
    for number in range(times):
        store.save(replace(record, finished=f"{record.finished}{number}") if number else record)
    return noise.refresh(record, DirectoryStore(root))


def test_without_baselines_there_is_no_noise_model(calm, tmp_path):
    assert noise.load(calm, DirectoryStore(tmp_path)) is None


def test_what_was_learnt_is_read_again(calm, tmp_path):
    learnt = kept(calm, tmp_path, times=3)
    assert learnt.reports == 3
    assert noise.load(calm, DirectoryStore(tmp_path)) == learnt


def test_a_session_that_was_saved_again_teaches_nothing_new(calm, tmp_path):
    learnt = kept(calm, tmp_path)
    for _ in range(5):
        assert kept(calm, tmp_path) == learnt
    assert noise.drift(calm, DirectoryStore(tmp_path)).sessions == 1


def test_copies_among_the_baselines_teach_once_and_never_themselves(calm, tmp_path):
    """As an older release left them, or a merge of two branches."""
    learnt = kept(calm, tmp_path)
    (path,) = (path for path in tmp_path.rglob("2*.json"))
    for name in ("-2", "-3"):
        path.with_name(f"{path.stem}{name}.json").write_bytes(path.read_bytes())
    path.with_name("20200101T000000Z.json").write_bytes(path.read_bytes())
    assert noise.refresh(calm, DirectoryStore(tmp_path)) == learnt
    assert noise.drift(calm, DirectoryStore(tmp_path)).sessions == 1
    assert noise.before(calm, DirectoryStore(tmp_path)) is None


def test_a_session_that_was_gone_on_with_teaches_once(calm, tmp_path):
    """As `baseline save`, `more` and `baseline save` leave it."""
    last = max(run.round for run in calm.runs)
    begun = [run for run in calm.runs if run.round < last]
    kept(replace(calm, runs=begun, finished="earlier"), tmp_path)
    alone = kept(calm, tmp_path / "alone")
    assert kept(calm, tmp_path) == alone
    assert noise.drift(calm, DirectoryStore(tmp_path)).sessions == 1


def test_a_record_with_a_finding_teaches_nothing(calm, tmp_path):
    flagged = judged(samples.regression(), anew=True)
    assert kept(flagged, tmp_path).reports == 0


def at(record, day):
    return replace(record, started=f"2026-11-{day:02}T05:00:00Z")


def test_judging_anew_uses_what_the_run_knew_and_not_the_record_itself(calm, tmp_path):
    kept(at(calm, 1), tmp_path)
    kept(at(calm, 2), tmp_path)
    known = kept(at(calm, 3), tmp_path)
    kept(at(calm, 4), tmp_path)
    kept(at(calm, 5), tmp_path)
    assert noise.before(at(calm, 4), DirectoryStore(tmp_path)) == known
    assert noise.load(calm, DirectoryStore(tmp_path)) != known


def test_runs_that_were_never_judged_are_judged_with_it_too(calm, tmp_path):
    kept(at(calm, 1), tmp_path)
    kept(at(calm, 2), tmp_path)
    known = kept(at(calm, 3), tmp_path)
    unjudged = replace(at(calm, 4), judgement=None)
    assert judged(unjudged, baselines=DirectoryStore(tmp_path)) == judged(unjudged, history=known)
    assert judged(unjudged, baselines=DirectoryStore(tmp_path)) != judged(unjudged)


def test_the_first_record_of_a_series_knows_nothing(calm, tmp_path):
    kept(at(calm, 1), tmp_path, times=2)
    assert noise.before(at(calm, 1), DirectoryStore(tmp_path)) is None


def test_times_of_other_zones_are_compared_as_times(calm, tmp_path):
    kept(at(calm, 2), tmp_path)
    earlier = replace(calm, started="2026-11-02T06:59:00+02:00")
    assert noise.before(earlier, DirectoryStore(tmp_path)) is None
    later = replace(calm, started="2026-11-02T07:01:00+02:00")
    assert noise.before(later, DirectoryStore(tmp_path)) is not None


def test_another_environment_has_a_noise_model_of_its_own(calm, tmp_path):
    kept(calm, tmp_path)
    elsewhere = replace(calm, environment=replace(calm.environment, key="elsewhere"))
    assert noise.load(elsewhere, DirectoryStore(tmp_path)) is None


def test_a_broken_noise_model_is_named_and_can_be_deleted(calm, tmp_path):
    kept(calm, tmp_path)
    (file,) = tmp_path.rglob(noise.NAME)
    file.write_text("{")
    with pytest.raises(InvalidFile, match=r"noise\.json") as caught:
        noise.load(calm, DirectoryStore(tmp_path))
    assert "delete" in caught.value.next_step


def test_a_noise_model_of_another_version_is_passed_over(calm, tmp_path):
    kept(calm, tmp_path)
    (file,) = tmp_path.rglob(noise.NAME)
    file.write_text(file.read_text().replace('"version":1', '"version":2'))
    assert noise.load(calm, DirectoryStore(tmp_path)) is None


def test_a_known_noise_makes_the_same_rounds_say_more(calm, tmp_path):
    """That is what history is for: the detectable change shrinks, on the whole."""
    kept(calm, tmp_path, times=4)
    warm = judged(calm, history=noise.load(calm, DirectoryStore(tmp_path)), anew=True).judgement
    assert warm is not None
    pairs = [
        (cold.detectable, known.detectable)
        for cold, known in zip(calm.judgement.comparisons, warm.comparisons, strict=True)
        if cold.detectable and known.detectable and not cold.metric.counted
    ]
    assert sum(known < cold for cold, known in pairs) > len(pairs) / 2


def test_how_far_days_lie_apart_is_learnt_from_the_same_series(calm, tmp_path):
    kept(calm, tmp_path, times=3)
    assert noise.drift(calm, DirectoryStore(tmp_path)).sessions == 3
    elsewhere = replace(calm, environment=replace(calm.environment, key="elsewhere"))
    assert noise.drift(elsewhere, DirectoryStore(tmp_path)).sessions == 0

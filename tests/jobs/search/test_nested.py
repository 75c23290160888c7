"""Nested cross-validation that is cut short: what was searched stays, and whoever ends it ends all."""

from __future__ import annotations

from pathlib import Path

import pytest

import automl.api
from automl.core.errors import DataError, TimeUpError
from automl.core.job_names import MOST_LETTERS
from automl.jobs.config import JobConfig
from automl.jobs.folder import JobFolder, write_json
from automl.jobs.lock import discarded_unused
from automl.jobs.process import Process
from automl.jobs.progress import SilentProgress
from automl.jobs.search.interrupts import EXPORTING, SAVING
from automl.jobs.search.nested import OfFold, search_folds

CONFIG = JobConfig(data="sklearn:wine", folds=3, nested=True, tracking=False)


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    return JobFolder(tmp_path / "job")


@pytest.mark.parametrize("text", [SAVING, EXPORTING])
def test_of_the_search_without_a_fold_the_user_hears_that_it_ends(text):
    job = SilentProgress()
    fold = OfFold(job)

    fold.note("Engine: compiled.")
    before = fold.ended
    fold.note(text)

    assert (before, fold.ended, job.notes) == (False, True, [text])


@pytest.mark.parametrize("text", [SAVING, EXPORTING])
def test_whoever_ends_the_search_without_a_fold_ends_all_of_it(tmp_path, monkeypatch, text):
    begun = []

    def run_job(config, *, progress, **how):
        begun.append((config.holdout, how["process"]))
        progress.note(text)

    monkeypatch.setattr(automl.api, "run_job", run_job)
    monkeypatch.setattr(automl.api, "_search", lambda *given: pytest.fail("it went on"))
    work = automl.api._Work(
        config=CONFIG,
        source=None,
        data=None,
        folder=JobFolder(tmp_path),
        progress=SilentProgress(),
        started=0.0,
        process=Process.LAST,
    )

    with pytest.raises(KeyboardInterrupt):
        automl.api._conduct(work)

    # and the time of one fold ends no process that has others to search
    assert begun == [("1/3", Process.OWN)]


def test_a_fold_without_time_says_so(folder):
    lefts = iter([30.0, -1.0])

    with pytest.raises(TimeUpError, match="before the search without the rows of fold 2 of 3"):
        search_folds(CONFIG, folder, lambda own, place: None, lambda text: None, lambda: next(lefts))


def test_the_longest_name_has_room_for_the_fold(folder):
    names = []
    config = JobConfig(data="sklearn:wine", folds=2, nested=True, name="n" * MOST_LETTERS)

    search_folds(config, folder, lambda own, place: names.append(own.name), lambda text: None, lambda: None)

    assert [len(name) for name in names] == [MOST_LETTERS, MOST_LETTERS]
    assert [name[-10:] for name in names] == ["-without-1", "-without-2"]


def refused(job: JobFolder, *, searched: bool) -> None:
    with discarded_unused(job, made=True):
        job.nested(1).mkdir(parents=True)
        if searched:
            write_json(JobFolder(job.nested(1)).state, {"ended": "complete"})
        raise DataError("the search over all rows cannot be made")


@pytest.mark.parametrize("searched", [True, False])
def test_what_was_searched_without_a_fold_outlives_a_refusal(folder, searched):
    with pytest.raises(DataError, match="over all rows"):
        refused(folder, searched=searched)

    assert folder.nested(1).exists() is searched

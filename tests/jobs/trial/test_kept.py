"""What trials have found, in files: whole, of one record, and only where it is worth it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.files import DRAFT
from automl.core.specs import Objective, TrialRecord
from automl.jobs.folder import JobFolder
from automl.jobs.trial.kept import is_kept, keep, load_outputs, load_variables, save_found
from automl.jobs.trial.plan import Found, Plan, TrialEnd

RMSE = Objective(name="rmse", direction="minimize")
RECORD = TrialRecord(
    number=3, configuration={"family": "mlp"}, state="complete", scores=(0.5,), best_epoch=2, epochs=4
)
FOUND = Found(
    variables=(np.arange(6, dtype=np.float32).reshape(2, 3), np.array([[1], [2]], np.uint32)),
    outputs={"a/b c": np.ones((4, 1), np.float32), "target": np.zeros((4, 2), np.float32)},
)


def test_what_is_written_is_read_again(tmp_path):
    save_found(FOUND, RECORD, tmp_path / "3.npz")

    variables = load_variables(tmp_path / "3.npz", RECORD)
    outputs = load_outputs(tmp_path / "3.npz", RECORD)

    for kept, found in zip(variables, FOUND.variables, strict=True):
        np.testing.assert_array_equal(kept, found)
        assert kept.dtype == found.dtype
    assert {name: values.tolist() for name, values in outputs.items()} == {
        name: values.tolist() for name, values in FOUND.outputs.items()
    }


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"epochs": 9, "state": "pruned", "seconds": 5.0}, True),
        ({"scores": (0.4,)}, False),
        ({"best_epoch": 4}, False),
        ({"number": 4}, False),
    ],
    ids=["went on, and was no better", "another score", "another epoch", "another trial"],
)
def test_a_file_is_of_one_best_epoch_of_one_trial(tmp_path, changed, same):
    save_found(FOUND, RECORD, tmp_path / "3.npz")

    assert is_kept(tmp_path / "3.npz", replace(RECORD, **changed)) == same


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY\x01", None])
def test_a_file_that_is_gone_or_broken_is_told(tmp_path, content):
    path = tmp_path / "3.npz"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError, match=r"3\.npz cannot be read"):
        load_variables(path, RECORD)
    assert not is_kept(path, RECORD)


def kept(folder, bar=None, found=FOUND, record=RECORD):
    plan = Plan(number=3, configuration={}, seed=0, run_id="", bar=bar)
    return keep(TrialEnd(record=record, found=found), plan, RMSE, JobFolder(folder), print)


@pytest.mark.parametrize(("bar", "worth"), [(None, True), (0.6, True), (0.5, False), (0.4, False)])
def test_what_does_not_beat_the_bar_is_not_kept(tmp_path, bar, worth):
    record = None if bar is None else replace(RECORD, number=1, scores=(bar,))

    end = kept(tmp_path, record)

    assert (end.kept, end.found) == (worth, None)
    assert (tmp_path / "candidates" / "3.npz").exists() == worth


def test_of_a_failed_trial_nothing_is_kept(tmp_path):
    failed = replace(RECORD, state="failed", scores=())

    assert not kept(tmp_path, record=failed).kept
    assert not kept(tmp_path, found=None).kept
    assert list(tmp_path.iterdir()) == []


def test_killed_in_the_middle_of_writing_the_file_before_stands(tmp_path, monkeypatch):
    def cut_short(draft, **arrays):
        draft.write_bytes(b"PK")
        raise ZeroDivisionError

    kept(tmp_path)
    monkeypatch.setattr("numpy.savez", cut_short)

    with pytest.raises(ZeroDivisionError):
        kept(tmp_path, record=replace(RECORD, scores=(0.1,)))

    assert is_kept(tmp_path / "candidates" / "3.npz", RECORD)
    assert not list(tmp_path.rglob(f"{DRAFT}*"))

"""The journal of epochs: what was heard comes back, whatever else a kill or a stranger has left in it."""

from __future__ import annotations

import pytest

from automl.jobs.trial.epochs import Epochs


def test_what_was_noted_is_known_to_the_next_session(tmp_path):
    path = tmp_path / "epochs.journal"
    journal = Epochs(path)
    told = [journal.note(3, epoch, {"loss": 1 / epoch, "val_auc": float("nan")}) for epoch in (1, 2)]

    journal.close()

    earlier = Epochs(path).earlier

    assert [epoch.number for epoch in earlier[3]] == [1, 2]
    assert [epoch.time for epoch in earlier[3]] == [epoch.time for epoch in told]
    assert [epoch.metrics["loss"] for epoch in earlier[3]] == [1.0, 0.5]


def test_of_an_epoch_that_was_trained_again_the_first_counts(tmp_path):
    journal = Epochs(tmp_path / "epochs.journal")
    for loss in (0.5, 0.4):
        journal.note(0, 1, {"loss": loss})
    journal.write()

    assert [epoch.metrics for epoch in Epochs(tmp_path / "epochs.journal").earlier[0]] == [{"loss": 0.5}]


@pytest.mark.parametrize(
    "left",
    [b'{"trial": 0, "epo', b"\x00\xff\xfe", b"[1]\n", b"[" * 100_000, b'{"trial": 0, "epoch": 1e999}\n'],
)
def test_what_is_no_epoch_is_left_out(tmp_path, left):
    path = tmp_path / "epochs.journal"
    _noted(path, 1)
    with path.open("ab") as file:
        file.write(left)

    _noted(path, 2)

    assert [epoch.number for epoch in Epochs(path).earlier[0]] == [1, 2]


def test_nothing_is_in_the_journal_before_it_is_written_and_all_of_it_when_it_is_closed(tmp_path):
    path = tmp_path / "epochs.journal"
    journal = Epochs(path)
    for epoch in (1, 2, 3):
        journal.note(0, epoch, {"loss": 0.5})
    assert not path.exists()

    journal.close()

    assert [epoch.number for epoch in Epochs(path).earlier[0]] == [1, 2, 3]


def _noted(path, epoch):
    journal = Epochs(path)
    journal.note(0, epoch, {"loss": 0.5})
    journal.close()

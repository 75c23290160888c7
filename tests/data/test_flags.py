"""Yes and no in all spellings, as features and as targets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.data.flags import find_flags, look_alikes
from automl.data.modalities.tabular import TABULAR
from automl.data.modality import Dataset, ReadOptions
from automl.data.source import open_source

ROWS = 40
SPELLINGS: list[list[Any]] = [
    ["True", "False"], ["true", "false"], ["TRUE", "FALSE"], ["t", "f"], ["yes", "no"], ["Y", "N"],
    ["1", "0"], [1, 0], [1.0, 0.0], ["1.0", "0.0"], [True, False],
]  # fmt: skip


def frame(pair: list[Any]) -> pd.DataFrame:
    numbers = np.arange(ROWS) / 7
    return pd.DataFrame({"x": numbers, "member": pair * (ROWS // 2), "y": pair[::-1] * (ROWS // 2)})


def read(made: pd.DataFrame) -> Dataset:
    return TABULAR.read(open_source(made), ReadOptions(target=("y",)))


@pytest.mark.parametrize("first", SPELLINGS, ids=repr)
def test_every_spelling_reads_as_any_other(first: list[Any]) -> None:
    dataset = read(frame(first))
    assert dataset.task == "binary"
    for other in SPELLINGS:
        examples, notes = TABULAR.read_again(open_source(frame(other)), dataset.schema, targets=True)
        assert examples.inputs["member"].tolist() == dataset.examples.inputs["member"].tolist()
        assert (
            np.asarray(examples.targets["target"]).tolist()
            == np.asarray(dataset.examples.targets["target"]).tolist()
        )
        assert not notes


def test_spellings_within_a_column_are_the_same_and_told() -> None:
    made = frame(["True", "False"])
    made.loc[:5, ["member", "y"]] = [["true", "no"], ["0", "F"]] * 3
    dataset = read(made)
    assert set(dataset.examples.inputs["member"]) == {"True", "False"}
    assert set(np.asarray(dataset.examples.targets["target"])) == {"True", "False"}
    assert "Column 'member' spells yes and no as '0', 'False', 'True', 'true'" in " ".join(dataset.notes)


def test_letters_that_are_more_than_yes_and_no_stay() -> None:
    assert find_flags(np.array(["t", "f", "m"], object)) is None
    assert find_flags(np.array(["y", "1"], object)) is None
    assert find_flags(np.array(["1", "2"], object)) is None


def test_words_that_differ_by_case_are_told_and_kept_apart() -> None:
    made = frame(["a", "b"]).assign(town=["Bonn", "bonn", "Ulm", "New York"] * 10)
    dataset = read(made)
    assert "'Bonn' and 'bonn', which differ only in case or spaces" in " ".join(dataset.notes)
    assert set(dataset.examples.inputs["town"]) == {"Bonn", "bonn", "Ulm", "New York"}


def test_words_that_training_did_not_have_are_counted() -> None:
    dataset = read(frame(["a", "b"]))
    _, notes = TABULAR.read_again(
        open_source(frame(["a", "b"]).assign(member=["a", "new"] * 20)), dataset.schema, targets=True
    )
    (note,) = notes
    assert note.startswith("Column 'member': 20 of 40 cells hold words that training did not have ('new')")
    assert note.share == 0.5  # type: ignore[attr-defined]


def test_letters_composed_in_two_ways_look_alike() -> None:
    assert look_alikes(["caf\u00e9", "cafe\u0301", "tea"]) == [("cafe\u0301", "caf\u00e9")]

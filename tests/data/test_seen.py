"""Rows of training are found again, and honest test data raises no alarm."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.notes import warnings_of
from automl.core.windows import Windows
from automl.data.coded import Coded
from automl.data.modality import Examples
from automl.data.seen import BLOCK, compare, fingerprints, note_of

RNG = np.random.default_rng(0)
ROWS = 300


def table(rows: int = ROWS) -> Examples:
    words = np.array(["", "red", "half \ud83d", "blue"], object)
    return Examples(inputs={"size": RNG.normal(size=rows), "colour": words[RNG.integers(0, 4, rows)]})


INPUTS = {
    "table": table(),
    "texts": Examples(inputs={"text": np.array([f"word {place}" for place in range(ROWS)], object)}),
    "pictures": Examples(inputs={"image": RNG.integers(0, 255, (ROWS, 4, 4, 3), np.uint8)}),
    "series": Examples(inputs={"series": RNG.normal(size=(ROWS, 9, 2))}),
    "windows": Examples(
        inputs={"series": Windows(RNG.normal(size=(ROWS + 7, 1)), np.arange(ROWS), 8)}  # type: ignore[dict-item]
    ),
}


@pytest.mark.parametrize("examples", INPUTS.values(), ids=INPUTS)
def test_the_examples_of_training_are_found_again(examples):
    trained = np.sort(fingerprints(examples, np.arange(0, ROWS, 3)))

    seen = compare(examples, trained)

    assert (seen.rows, seen.of, seen.chance) == (ROWS / 3, ROWS, 0)
    assert seen.share == pytest.approx(1 / 3)


def test_equal_numbers_are_equal_however_they_are_written():
    odd = np.uint64(0x7FF8000000000001).view(np.float64)
    one = Examples(inputs={"x": np.array([0.0, np.nan, 1.0])})
    other = Examples(inputs={"x": np.array([-0.0, odd, 1.0])})

    assert fingerprints(one).tolist() == fingerprints(other).tolist()


def test_coded_texts_are_the_texts_that_they_stand_for():
    words, codes = np.array(["red", "blue"], object), np.array([0, 1, 1], np.uint16)
    coded = Examples(inputs={"x": Coded(codes, words)})  # type: ignore[dict-item]

    assert fingerprints(coded).tolist() == fingerprints(Examples(inputs={"x": words[codes]})).tolist()


def test_columns_are_told_apart_by_their_order():
    left, right = np.array(["a"], object), np.array(["b"], object)

    one = fingerprints(Examples(inputs={"x": left, "y": right}))

    assert one.tolist() != fingerprints(Examples(inputs={"x": right, "y": left})).tolist()


def test_more_rows_than_a_block_are_hashed_alike():
    values = np.arange(BLOCK // 8 + 5, dtype=np.float64)
    examples = Examples(inputs={"x": values})

    assert (
        fingerprints(examples)[-5:].tolist() == fingerprints(examples, np.arange(len(values))[-5:]).tolist()
    )


@pytest.mark.parametrize("kinds", [2, 40])
def test_columns_of_few_values_raise_no_alarm(kinds):
    def fresh(rows: int) -> Examples:
        return Examples(inputs={name: RNG.integers(0, kinds, rows).astype(float) for name in ("a", "b")})

    trained, new = np.sort(fingerprints(fresh(400))), fresh(200)
    seen = compare(new, trained)

    assert seen.rows > 20
    assert seen.share == 0
    assert warnings_of(note_of(seen, "new", same=False)) == ()
    assert warnings_of(note_of(seen, "old", same=True))


def test_a_part_of_the_training_rows_among_new_ones_is_a_warning():
    old, new = table(), table()
    mixed = Examples(
        inputs={name: np.r_[new.inputs[name], array[:30]] for name, array in old.inputs.items()}
    )

    (note,) = note_of(compare(mixed, np.sort(fingerprints(old))), "mixed.csv", same=False)

    assert note.startswith("mixed.csv: 30 of 330 rows were trained on")
    assert warnings_of((note,)) == (note,)


@pytest.mark.parametrize("trained", [0, ROWS])
def test_nothing_is_said_of_new_rows(trained):
    seen = compare(table(), np.sort(fingerprints(table(trained)) if trained else np.zeros(0, np.uint64)))

    assert (seen.rows, note_of(seen, "new", same=False)) == (0, ())

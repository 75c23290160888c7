"""Pairs of texts: recognising them, reading them, and what each word finds in the other text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data.inference import infer_modality
from automl.data.modalities.pairs import PAIRS
from automl.data.modality import Dataset, Examples, Preprocessing, ReadOptions
from automl.data.preprocessing.pair_layers import AT_ONCE, Spelling
from automl.data.source import open_source

ROWS = range(20)
FIRST = [
    f"{text} {row}"
    for row, text in zip(
        ROWS,
        ["a man rides a bike", "two dogs run on grass", "nobody cooks the meal", "a child plays"] * 5,
        strict=True,
    )
]
SECOND = [
    f"{text} {row}"
    for row, text in zip(
        ROWS,
        ["a biker rides", "dogs run on the grass", "a cook is cooking a meal", "no child plays"] * 5,
        strict=True,
    )
]
JUDGED = ["yes", "yes", "no", "no"] * 5


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"text_a": FIRST, "text_b": SECOND, "judged": JUDGED, **columns})


def read(data: object, target: str = "judged", **options: Any) -> Dataset:
    return PAIRS.read(open_source(data), ReadOptions(target=(target,), **options))


def modality(data: object, target: str = "judged", **options: Any) -> str:
    return infer_modality(open_source(data), ReadOptions(target=(target,), **options)).name


@pytest.fixture(scope="module")
def fitted() -> Preprocessing:
    dataset = read(frame())
    return PAIRS.fit(dataset, np.arange(len(dataset.examples)), seed=0)


def transformed(preprocessing: Preprocessing, first: list[str], second: list[str]) -> dict[str, np.ndarray]:
    inputs = {
        name: np.array(texts, dtype=object) for name, texts in (("text_a", first), ("text_b", second))
    }
    return preprocessing.transform(Examples(inputs=inputs))


def test_two_texts_that_go_together_are_a_pair_and_others_are_not() -> None:
    assert modality(frame(pair_id=ROWS)) == "pairs"
    assert modality(frame(rating=[1.5, 2.0, 3.5, 4.25] * 5)) == "mixed"
    assert modality(frame().drop(columns="text_b")) == "text"
    assert (
        modality(
            frame()
            .rename(columns={"text_a": "title", "text_b": "review"})
            .assign(title=[f"title {number + 100} of a page" for number in ROWS])
        )
        == "text"
    )


@pytest.mark.parametrize("suffix", [".tsv", ".csv", ".jsonl"])
def test_files_with_lone_quotes_and_ids_are_read(tmp_path: Path, suffix: str) -> None:
    table = frame(pair_id=ROWS).assign(text_a=[f'"{text}' for text in FIRST])
    path = tmp_path / f"pairs{suffix}"
    if suffix == ".tsv":
        path.write_text("\n".join("\t".join(map(str, row)) for row in [table.columns, *table.to_numpy()]))
    elif suffix == ".csv":
        table.to_csv(path, index=False)
    else:
        table.to_json(path, orient="records", lines=True)

    dataset = read(path)

    assert modality(path) == "pairs"
    assert (dataset.task, dataset.columns) == ("binary", ("text_a", "text_b"))
    assert dataset.examples.inputs["text_a"].tolist() == table["text_a"].tolist()
    assert "ignored: 'pair_id'" in dataset.notes[0]


def test_a_table_without_header_and_an_amount_to_tell(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    amounts = [4.5, 3.8, 1.2, 2.25] * 5
    rows = zip(FIRST, SECOND, amounts, strict=True)
    path.write_text("\n".join("\t".join(map(str, row)) for row in rows))

    dataset = read(path, "c2", header=False)

    assert modality(path, "c2", header=False) == "pairs"
    assert (dataset.task, dataset.columns) == ("regression", ("c0", "c1"))


def test_columns_may_be_named_and_files_read_again_may_have_others() -> None:
    table = frame(text_c=FIRST)
    dataset = read(table, keep=("text_b", "text_c"))

    examples, notes = PAIRS.read_again(
        open_source(table[["text_c", "text_b"]].assign(more=1)), dataset.schema, targets=False
    )

    assert dataset.columns == ("text_b", "text_c")
    assert examples.inputs["text_c"].tolist() == FIRST
    assert "'more'" in notes[0]


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (frame().drop(columns="text_b"), {}, "expected two columns of texts"),
        (frame(title=FIRST, review=SECOND).drop(columns="text_b"), {}, "Name the two: --keep"),
        (frame(text_b=[""] * 20), {}, "empty in all 20 rows"),
        (frame(judged=["yes"] * 20), {}, "only one class"),
    ],
)
def test_refusals(table: pd.DataFrame, options: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(table, **options)


def test_both_texts_have_one_vocabulary(fitted: Preprocessing) -> None:
    same = transformed(fitted, ["a man rides"], ["a man rides"])["pair"]

    assert same.dtype == np.int32
    np.testing.assert_array_equal(same[0, 0], same[0, 1])
    assert (same[0] > 1).sum() == 6


def test_marks_tell_what_is_there_what_is_spelled_alike_and_what_stands_in_order(
    fitted: Preprocessing,
) -> None:
    made = transformed(fitted, ["the unseenword bike runs"], ["bikes, the unseenword"])["pair_marks"][0]

    same, alike, rarity, behind, ahead = made[0, :4].T
    assert same.tolist() == [1, 1, 0, 0]
    assert alike[:2] == pytest.approx(1.0)
    assert alike[2] > 0.5 > alike[3]
    assert 0 < rarity[0] < rarity[1] == 1
    assert (behind.tolist(), ahead.tolist()) == ([0, 1, 0, 0], [1, 0, 0, 0])
    assert not made[0, 4:].any()
    assert made[1, :3, 0].tolist() == [0, 1, 1]


def test_empty_texts_find_nothing(fitted: Preprocessing) -> None:
    made = transformed(fitted, ["", "?!"], ["a man", ""])

    assert not made["pair_marks"][:, :, :, [0, 1, 3, 4]].any()
    assert np.isfinite(made["pair_marks"]).all()


def test_texts_without_blanks_are_read_by_character() -> None:
    texts = [chr(0x4E00 + row) + "人在骑一辆自行车穿过城市的街道" for row in ROWS]
    table = frame(text_a=texts, text_b=[text[::-1] for text in texts])
    dataset = read(table, keep=("text_a", "text_b"))
    preprocessing = PAIRS.fit(dataset, np.arange(len(ROWS)), seed=0)

    made = transformed(preprocessing, ["人骑"], ["骑马"])

    assert made["pair_marks"][0, :, :2, 0].tolist() == [[0, 1], [1, 0]]


def test_a_word_is_spelled_the_same_wherever_it_stands() -> None:
    letters = np.array([[[3, 4, 2, 5, 0, 0], [5, 2, 3, 4, 2, 7]]], np.int32)
    layer = Spelling(3, blanks=[2])

    words = np.asarray(layer(letters))

    np.testing.assert_allclose(words[0, 0, :2], words[0, 1, [1, 0]], atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(words, axis=-1)[0], [[1, 1, 0], [1, 1, 1]], atol=1e-5)
    far = np.pad(letters, [(0, 0), (0, 0), (AT_ONCE - 1, 0)])
    np.testing.assert_allclose(np.asarray(layer(far)), words, atol=1e-6)
    again = Spelling.from_config(layer.get_config())
    np.testing.assert_array_equal(np.asarray(again(letters)), words)

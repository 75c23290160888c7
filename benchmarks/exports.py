"""Which families are exported to which formats, and how far the files answer from the model.

    python -m benchmarks.exports --data FOLDER [--only tabular,image]

Each family is searched for one short trial on a part of a real data set, and the model is exported to every
format. A cell is the largest difference on up to 200 rows, of a probability or of the spread of amounts, or
why there is no file.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

import automl
from automl.core.errors import AutomlError
from benchmarks.arguments import names_of

WAYS: tuple[tuple[str, str | None], ...] = (
    ("savedmodel", None),
    ("onnx", None),
    ("onnx", "int8"),
    ("litert", None),
    ("litert", "float16"),
    ("litert", "int8"),
    ("openvino", None),
)
"""Formats, each with the type of its weights."""

ROWS = 1_200
"""Rows of a table that are searched on."""


@dataclass(frozen=True, kw_only=True)
class Data:
    """A data set and the families that are searched on it.

    Attributes:
        families: names.
        take: copies a part of it to a folder; gives what is searched.
        options: of the search.
    """

    families: tuple[str, ...]
    take: Callable[[Path, Path], Path]
    options: Mapping[str, Any] = field(default_factory=dict)


def main() -> None:
    """Search, export and print a row for each family."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.exports", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with tabular/, text_classification/, ..."
    )
    parser.add_argument("--only", default=",".join(SETS), help="data sets, separated by commas")
    asked = parser.parse_args()
    heads = [name if weights is None else f"{name} {weights}" for name, weights in WAYS]
    print(f"| data | family | {' | '.join(heads)} |")
    print(f"| --- | --- | {' | '.join('---' for _ in heads)} |")
    for name in names_of(asked.only, SETS, "data set"):
        for family in SETS[name].families:
            print(f"| {name} | {family} | {' | '.join(row(asked.data, SETS[name], family))} |", flush=True)


def row(folder: Path, data: Data, family: str) -> list[str]:
    """Search one family and return the cells of its row."""
    with tempfile.TemporaryDirectory() as place:
        source = data.take(folder, Path(place))
        result = automl.search(
            source, family=family, trials=1, epochs=1, folds=1, tracking=False, verbose=0,
            out=f"{place}/job", executor="inline", **data.options,
        )  # fmt: skip
        return list(cells(result))


def cells(result: automl.Result, ways: tuple[tuple[str, str | None], ...] = WAYS) -> Iterator[str]:
    """Export a model in several ways; give the difference of each, or why there is none."""
    for name, weights in ways:
        try:
            done = result.export(name, quantize=weights, told=lambda notes: None)
        except AutomlError as error:
            yield "no: " + " ".join(str(error).split())[:120]
        else:
            yield f"{done.parity.largest_difference:.0e}"


def _table(path: str, separator: str = ",", **read: Any) -> Callable[[Path, Path], Path]:
    def take(folder: Path, place: Path) -> Path:
        frame = pd.read_csv(folder / path, sep=separator, **read)
        frame.iloc[:: max(1, len(frame) // ROWS)].to_csv(place / "data.csv", index=False)
        return place / "data.csv"

    return take


def _mixed(folder: Path, place: Path) -> Path:
    """Messages beside two numbers that are counted in them."""
    frame = pd.read_csv(_table(_SMS, "\t", **_TEXTS)(folder, place))
    counted = frame.assign(length=frame["text"].str.len(), digits=frame["text"].str.count(r"\d"))
    counted.to_csv(place / "data.csv", index=False)
    return place / "data.csv"


def _hours(folder: Path, place: Path) -> Path:
    pd.read_csv(folder / "time_series_forecasting/etth1/ETTh1.csv", nrows=1500)[
        ["date", "HUFL", "OT"]
    ].to_csv(place / "data.csv", index=False)
    return place / "data.csv"


def _folders(path: str, count: int) -> Callable[[Path, Path], Path]:
    def take(folder: Path, place: Path) -> Path:
        for group in sorted(item for item in (folder / path).iterdir() if item.is_dir()):
            (place / "files" / group.name).mkdir(parents=True)
            for file in sorted(group.iterdir())[:count]:
                shutil.copy(file, place / "files" / group.name)
        return place / "files"

    return take


def _as_it_is(path: str) -> Callable[[Path, Path], Path]:
    return lambda folder, place: folder / path


_SMS = "text_classification/sms_spam/SMSSpamCollection"
_TEXTS: Mapping[str, Any] = {"names": ["label", "text"], "quoting": 3}

SETS: Mapping[str, Data] = {
    "adult": Data(
        families=("linear", "mlp", "realmlp", "residual_mlp", "transformer"),
        take=_table("tabular/adult/adult-test.csv"),
        options={"target": "income"},
    ),
    "housing": Data(
        families=("realmlp", "mlp"),
        take=_table("tabular/california_housing/housing.csv"),
        options={"target": "median_house_value"},
    ),
    "digits": Data(
        families=("cnn", "residual_cnn", "vision_transformer"),
        take=_folders("image_classification/sign_language_digits", 12),
        options={"image_size": 32},
    ),
    "sms": Data(
        families=("ngrams", "cnn", "rnn", "transformer"),
        take=_table(_SMS, "\t", **_TEXTS),
        options={"target": "label"},
    ),
    "sms and numbers": Data(
        families=("fusion",), take=_mixed, options={"target": "label", "modality": "mixed"}
    ),
    "motions": Data(
        families=("linear", "cnn", "rnn", "transformer", "rocket"),
        take=_as_it_is("time_series_classification/BasicMotions/BasicMotions_TRAIN.ts"),
    ),
    "transformer load": Data(
        families=("linear", "cnn", "rnn", "transformer"),
        take=_hours,
        options={"target": "OT", "horizon": 12, "lookback": 48},
    ),
    "pairs": Data(
        families=("siamese", "attention"),
        take=_table(
            "nlu_pairs/sick/SICK_trial.txt",
            "\t",
            usecols=["sentence_A", "sentence_B", "entailment_judgment"],
        ),
        options={"target": "entailment_judgment"},
    ),
    "faces": Data(
        families=("cnn",),
        take=_folders("face_recognition/orl_faces", 10),
        options={"task": "verification", "image_size": 32},
    ),
}


if __name__ == "__main__":
    main()

"""Which families are exported to which formats, and how far the files answer from the model.

    python -m benchmarks.exports --data FOLDER [--only adult,sms] [--to onnx]

Each family is searched for one short trial on a part of a real data set, and the model is exported to every
format. A cell is the largest difference on up to 200 rows, in the unit of ``automl.jobs.parity``. Why there
is no file goes to the error stream.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import automl
from automl.core.errors import AutomlError
from benchmarks.arguments import names_of
from benchmarks.export_data import SETS, Data

Ways: TypeAlias = tuple[tuple[str, str | None], ...]

WAYS: Ways = (
    ("savedmodel", None),
    ("onnx", None),
    ("onnx", "int8"),
    ("litert", None),
    ("litert", "float16"),
    ("litert", "int8"),
    ("openvino", None),
    ("openvino", "float16"),
)
"""Formats, each with the type of its weights."""

FORMATS = tuple(dict.fromkeys(name for name, _ in WAYS))


def main() -> None:
    """Search, export and print a row for each family."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.exports", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with tabular/, text_classification/, ..."
    )
    parser.add_argument("--only", default=",".join(SETS), help="data sets, separated by commas")
    parser.add_argument("--to", default=",".join(FORMATS), help="formats, separated by commas")
    asked = parser.parse_args()
    formats = names_of(asked.to, FORMATS, "format")
    ways = tuple(way for way in WAYS if way[0] in formats)
    heads = [name if weights is None else f"{name} {weights}" for name, weights in ways]
    print(f"| data | family | {' | '.join(heads)} |")
    print(f"| --- | --- | {' | '.join('---' for _ in heads)} |")
    for name in names_of(asked.only, SETS, "data set"):
        for family in SETS[name].families:
            found = row(asked.data, SETS[name], family, ways)
            print(f"| {name} | {family} | {' | '.join(found)} |", flush=True)


def row(folder: Path, data: Data, family: str, ways: Ways = WAYS) -> list[str]:
    """Search one family and return the cells of its row."""
    with tempfile.TemporaryDirectory() as place:
        source = data.take(folder, Path(place))
        options = {"folds": 1, **data.options}
        result = automl.search(
            source, family=family, trials=1, epochs=1, tracking=False, verbose=0,
            out=f"{place}/job", executor="inline", **options,
        )  # fmt: skip
        return list(cells(result, ways))


def cells(result: automl.Result, ways: Ways = WAYS) -> Iterator[str]:
    """Export a model in several ways; give the difference of each, or why there is none."""
    for name, weights in ways:
        try:
            done = result.export(name, quantize=weights, told=lambda notes: None)
        except AutomlError as error:
            print(f"{name} {weights or ''}: {' '.join(str(error).split())}", file=sys.stderr, flush=True)
            yield "–"
        else:
            yield f"{done.parity.largest_difference:.0e}"


if __name__ == "__main__":
    main()

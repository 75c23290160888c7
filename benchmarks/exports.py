"""Which families are exported to which formats, and how far the files answer from the model.

    python -m benchmarks.exports --data FOLDER [--only adult] [--families mlp] [--to onnx] [--jobs FOLDER]

Each family is searched for one short trial on a part of a real data set, and the model is exported to every
format. A cell is the largest difference on up to 200 rows, in the unit of ``automl.jobs.parity``. Why there
is no file goes to the error stream. Jobs that are kept (``--jobs``) are not searched again.
"""

from __future__ import annotations

import argparse
import shutil
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

FAMILIES = tuple(dict.fromkeys(family for data in SETS.values() for family in data.families))


def main() -> None:
    """Search, export and print a row for each family."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.exports", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with tabular/, text_classification/, ..."
    )
    parser.add_argument("--only", default=",".join(SETS), help="data sets, separated by commas")
    parser.add_argument("--families", default=",".join(FAMILIES), help="families, separated by commas")
    parser.add_argument("--jobs", type=Path, help="folder to keep the jobs in; default: they are not kept")
    parser.add_argument("--to", default=",".join(FORMATS), help="formats, separated by commas")
    asked = parser.parse_args()
    families = names_of(asked.families, FAMILIES, "family")
    formats = names_of(asked.to, FORMATS, "format")
    ways = tuple(way for way in WAYS if way[0] in formats)
    heads = [name if weights is None else f"{name} {weights}" for name, weights in ways]
    print(f"| data | family | {' | '.join(heads)} |")
    print(f"| --- | --- | {' | '.join('---' for _ in heads)} |")
    for name in names_of(asked.only, SETS, "data set"):
        for family in (one for one in SETS[name].families if one in families):
            with tempfile.TemporaryDirectory() as place:
                jobs = asked.jobs or Path(place)
                result = searched(
                    asked.data, SETS[name], family, jobs / f"{name} {family}".replace(" ", "_")
                )
                found = list(cells(result, ways))
            print(f"| {SETS[name].words} | `{family}` | {' | '.join(found)} |", flush=True)


def searched(folder: Path, data: Data, family: str, place: Path) -> automl.Result:
    """Search one family, or open what an earlier run has left."""
    if (place / "job" / "result.json").exists():
        return automl.load(place / "job")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    placed = {
        name: value.format(place=place) if isinstance(value, str) else value
        for name, value in data.options.items()
    }
    options = {"folds": 1, **placed}
    return automl.search(
        data.take(folder, place), family=family, trials=1, epochs=1, tracking=False, verbose=0,
        out=str(place / "job"), executor="inline", **options,
    )  # fmt: skip


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

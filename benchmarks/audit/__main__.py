"""Measures what the audit finds.

    python -m benchmarks.audit [--data shared/data] [--faults copy,numbers,...]
    python -m benchmarks.audit --clean [--sets adult,letter,...]

Planted faults: one is found when a finding of its kind names its place. Data as it is (``--clean``): a
finding is a false alarm unless what it tells is known to be true (``sets.KNOWN``); constant columns, rare
classes and missing cells are plain counts and no alarms. One JSON line for each, a table at the end.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from automl.core.errors import AutomlError
from benchmarks.arguments import names_of
from benchmarks.audit.faults import IMAGES, TABLES, Planted
from benchmarks.audit.report import clean_table, fault_table
from benchmarks.audit.sets import AuditSet, all_sets

FAULTS = (*TABLES, *IMAGES)

MOST_CLASSES = 20
"""Different numbers of a target that are classes."""

SEED = 7
"""Of what is planted; the audit draws its own sample from another one."""

COUNTS = frozenset({"constant", "rare", "missing"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit")
    parser.add_argument("--data", type=Path, default=Path("shared/data"))
    parser.add_argument("--faults", default=",".join(FAULTS))
    parser.add_argument("--clean", action="store_true", help="audit data as it is")
    parser.add_argument("--sets", default="", help="of --clean: names between commas; all by default")
    options = parser.parse_args(arguments)
    try:
        sets = all_sets(options.data)
        if options.clean:
            chosen = names_of(options.sets, sets, "set") if options.sets else list(sets)
            print(clean_table([_as_it_is(sets[name]) for name in chosen]))
            return 0
        faults = names_of(options.faults, FAULTS, "fault")
        print(fault_table([line for fault in faults for line in _planted(fault, sets)]))
    except AutomlError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def audited(data: object, options: dict[str, Any]) -> list[Any]:
    """Return what an audit finds in data, as ``automl audit`` does."""
    from automl.data.audit.audit import audit
    from automl.jobs.config import JobConfig
    from automl.jobs.intake.intake import check_early, divide

    inside = not isinstance(data, str | Path)
    config = JobConfig(data=None if inside else str(data), **options)
    divided = divide(config, check_early(config, data if inside else None))
    return list(audit(divided.reading.dataset, divided.folds, divided.validation, divided.alike))


def _as_it_is(item: AuditSet) -> dict[str, Any]:
    began = time.process_time()
    found = [finding for finding in audited(item.path, dict(item.options)) if finding.kind not in COUNTS]
    line = {
        "set": item.name,
        "alarms": [finding.told for finding in found if finding.kind not in item.known],
        "true": [finding.told for finding in found if finding.kind in item.known],
        "seconds": round(time.process_time() - began, 2),
    }
    print(json.dumps(line), flush=True)
    return line


def _planted(fault: str, sets: dict[str, AuditSet]) -> Iterator[dict[str, Any]]:
    for name in {**TABLES, **IMAGES}[fault][1]:
        random = np.random.default_rng(SEED)
        with tempfile.TemporaryDirectory() as folder:
            if fault in IMAGES:
                made, options = IMAGES[fault][0](sets[name].path, Path(folder), random), {}
            else:
                made, options = _in_table(fault, sets[name], random)
            found = audited(made.data, {**options, **made.options})
        hits = [item for item in found if _tells(item, made)]
        line = {"fault": fault, "set": name, "found": bool(hits), "told": [item.told for item in hits][:1]}
        print(json.dumps(line), flush=True)
        yield line


def _tells(finding: Any, made: Planted) -> bool:
    return finding.kind == made.kind and made.where in ("", finding.where) and made.says in finding.told


def _in_table(fault: str, item: AuditSet, random: np.random.Generator) -> tuple[Planted, dict[str, Any]]:
    frame = item.frame()
    target = item.options["target"][0]
    amounts = item.options.get("task") == "regression" or (
        frame[target].dtype.kind in "if" and frame[target].nunique() > MOST_CLASSES
    )
    options = {name: value for name, value in item.options.items() if name not in ("header", "drop")}
    return TABLES[fault][0](frame, target, amounts, random), options


if __name__ == "__main__":
    sys.exit(main())

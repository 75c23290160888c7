"""What the predictions of several targets show: that of each target by its own task, under its name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from automl.core.reports import Remark
from automl.core.targets import TARGET
from automl.tasks.shown import MOST_MISTAKES, Evidence, Shown, evidence_of


def evidence(shown: Shown) -> Evidence:
    """Return the evidence of all targets, the mistakes of each in turn."""
    task = cast(Any, shown.task)
    parts = {name: evidence_of(_part(shown, name, own)) for name, own in task.tasks.items()}
    each = max(1, MOST_MISTAKES // len(parts))
    return Evidence(
        figures=tuple(
            replace(figure, title=f"{name}: {figure.title}")
            for name, part in parts.items()
            for figure in part.figures
        ),
        mistakes=tuple(
            replace(mistake, truth=f"{name}: {_text(mistake.truth)}")
            for name, part in parts.items()
            for mistake in part.mistakes[:each]
        ),
        measure="by target: "
        + ", ".join(f"{name} {part.measure}" for name, part in parts.items() if part.measure),
        remarks=tuple(
            Remark(mood=remark.mood, text=f"{name}: {remark.text}")
            for name, part in parts.items()
            for remark in part.remarks
        ),
    )


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"


def _part(shown: Shown, name: str, task: Any) -> Shown:
    return Shown(
        task=task,
        encoded={TARGET: shown.encoded[name]},
        truth={TARGET: shown.truth[name]},
        predictions={TARGET: shown.predictions[name]},
        inputs=shown.inputs,
    )

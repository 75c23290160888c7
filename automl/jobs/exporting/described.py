"""What lies beside an exported file: what it takes and gives, how far it answers from the model, and code.

``front.py`` makes the inputs of a core, ``answers.py`` labels, sets and intervals of predictions. Both need
NumPy alone and read the JSON file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.files import write_whole
from automl.formats.format import Form, Subject
from automl.jobs.coverage import USUAL, method_of, read_kept
from automl.jobs.exporting.plan import Plan
from automl.jobs.folder import JobFolder, write_json
from automl.tasks.task import Task

if TYPE_CHECKING:
    import numpy as np


def describe(
    plan: Plan,
    files: JobFolder,
    task: Task,
    subject: Subject,
    form: Form,
    found: Mapping[str, np.ndarray],
    measured: Mapping[str, Any],
) -> None:
    """Write the JSON file, and the modules that it needs.

    Args:
        plan: what was written and where to.
        files: of the job.
        task: its task.
        subject: what was written.
        form: what the file takes and gives.
        found: outputs of the file, by name.
        measured: comparison, size and latency (JSON).
    """
    from automl.formats import answers, front

    told = {**_labels(subject), **_coverage(files, task)}
    content: dict[str, Any] = {
        "format": plan.format.name,
        "file": plan.path.name,
        **{key: value for key, value in subject.about.items() if key != "classes"},
        "weights": plan.wish.quantize or "float32",
        "inputs": [item.plain() for item in form.inputs],
        "outputs": [
            {"name": name, "shape": [None, *found[name].shape[1:]], "dtype": str(found[name].dtype)}
            for name in form.outputs
        ],
        **told,
        **measured,
    }
    write_json(plan.description, content)
    needed = [*([front] if any(item.front for item in form.inputs) else []), *([answers] if told else [])]
    for module in needed:
        source = Path(str(module.__file__))
        write_whole(plan.path.with_name(source.name), source.read_bytes())


def _labels(subject: Subject) -> dict[str, Any]:
    if subject.labels is None:
        return {}
    content = asdict(subject.labels)
    if content["by_group"] is None:
        del content["by_group"]
    return {"labels": content}


def _coverage(files: JobFolder, task: Task) -> dict[str, Any]:
    """How far held-out rows were from the truth, where sets or intervals of the task are made by that."""
    from automl.tasks.conformal.kept import least_rows

    method = method_of(task.kind)
    if method is None or not files.coverage.exists():
        return {}
    kept = read_kept(files.coverage)
    asked = USUAL if kept.coverage is None else kept.coverage
    if len(kept) < least_rows(asked, two_sided=method.two_sided):
        return {}
    return {"coverage": method.plain(kept, task, asked)}

"""Writing a model in another format: written as a draft, run, compared, and only then put in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from automl._version import __version__
from automl.core.errors import AutomlError, ConfigError, ExportError
from automl.core.files import whole, whole_folder
from automl.core.folders import files_below
from automl.core.targets import TARGET, joined_rows, take_rows
from automl.data.modality import Examples
from automl.formats.format import (
    LABEL,
    PREDICTION,
    Form,
    Format,
    Labels,
    Runner,
    Subject,
)
from automl.jobs.answers import warn
from automl.jobs.exporting.described import describe
from automl.jobs.exporting.latency import latency
from automl.jobs.exporting.plan import LESS_COARSE, Plan, planned
from automl.jobs.exporting.rows import sampled
from automl.jobs.finish.exported import load_model
from automl.jobs.folder import JobFolder
from automl.jobs.opened import OpenedModel
from automl.jobs.parity import Parity, compared
from automl.tasks.task import AnswersByClass, ComparesGroups, Task

if TYPE_CHECKING:
    import keras
    import numpy as np

PART = 64
"""Rows that are predicted at once, of pictures and sounds as well."""

FULL_LIMIT, SMALL_LIMIT = 1e-4, 2e-2
"""Largest difference that is rounding: of weights in float32, and of smaller ones."""


_ADVICE = {
    "float32": "Numbers far from 0 may have lost digits in 32 bits: use --to onnx or savedmodel.",
    "float16": "Leave --quantize out.",
    "int8": LESS_COARSE,
}
"""What to do where a file with such weights answers otherwise."""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A file that answers as the model does.

    Attributes:
        path: the file or folder.
        description: JSON beside it: what it takes and gives, and the comparison.
        parity: the comparison with the model.
        bytes: size.
        latency_ms: median time of one row in this process, in milliseconds.
    """

    path: Path
    description: Path
    parity: Parity
    bytes: int
    latency_ms: float


@dataclass(frozen=True)
class Exporter:
    """Exports the model of a job; call it.

    Args:
        files: of the job.
        opened: its model, task and reader.
    """

    files: JobFolder
    opened: OpenedModel

    def __call__(
        self,
        to: str,
        output: str | Path | None = None,
        *,
        quantize: str | None = None,
        opset: int | None = None,
        data: object = None,
        told: Callable[[tuple[str, ...]], None] = warn,
    ) -> Exported:
        """Write the model in another format, and compare what was written with it on real rows.

        Args:
            to: ``keras``, ``savedmodel``, ``onnx``, ``litert`` or ``openvino``.
            output: file or folder; in the job folder by default.
            quantize: ``int8`` or ``float16``, what weights are stored in; float32 by default.
            opset: version of ONNX' operations.
            data: rows to compare on, anything that a search reads; those of the job by default.
            told: called with the notes of what was read; warns by default.

        Raises:
            ConfigError: the format cannot hold the model; the message says why.
            ExportError: the file answers otherwise than the model, and was not kept.
        """
        plan = planned(self.files, to, output=output, quantize=quantize, opset=opset)
        opened = self.opened
        examples, notes = sampled(opened, data)
        told(notes)
        return carry_out(plan, opened, examples)


def carry_out(plan: Plan, opened: OpenedModel, examples: Examples) -> Exported:
    """Write a model, compare what was written with it, and describe it in a JSON file.

    Args:
        plan: what and where to.
        opened: the job.
        examples: raw rows to compare on.

    Raises:
        ConfigError: the format cannot hold the model; the message says why.
        ExportError: the file answers otherwise than the model. It is thrown away.
    """
    from automl.formats.full_precision import computes_in_halves

    kind, files, task = plan.format, opened.files, opened.task
    rewritten = not kind.whole and computes_in_halves(opened.model)
    subject = _subject(files, _model(files, opened.model, anew=rewritten), task, examples)
    form = kind.form(subject)
    reason = kind.reason_against(form)
    if reason:
        raise ConfigError(f"This model cannot be exported to {kind.name}: {reason}.")
    expected = opened.predictions(examples)
    plan.path.parent.mkdir(exist_ok=True)
    with _draft(plan) as draft:
        _write(plan, subject, form, draft)
        run, found = _run(kind, draft, form, examples)
        limit = FULL_LIMIT if plan.wish.quantize is None and not rewritten else SMALL_LIMIT
        parity = _compared(task, subject, found, expected, limit)
        _refuse_other(plan, parity)
        size, pace = _size(draft), latency(run, examples.inputs)
    done = Exported(
        path=plan.path, description=plan.description, parity=parity, bytes=size, latency_ms=pace
    )
    measured = {"parity": asdict(parity), "bytes": size, "latency_ms": round(pace, 4)}
    describe(plan, files, task, subject, form, found, measured)
    return done


def _model(files: JobFolder, model: keras.Model, *, anew: bool) -> keras.Model:
    """The model, or another in 32 bits: the one that was given is not changed."""
    from automl.formats.full_precision import in_full_precision

    return in_full_precision(load_model(files.model)) if anew else model


def _subject(files: JobFolder, model: keras.Model, task: Task, examples: Examples) -> Subject:
    labels = None
    about = {"made_by": f"automl {__version__}", "task": task.kind}
    if isinstance(task, AnswersByClass):
        rule = task.group_rule() if isinstance(task, ComparesGroups) else None
        labels = Labels(
            classes=task.classes, positive=task.positive, threshold=task.threshold, by_group=rule
        )
        about["classes"] = "\n".join(task.classes)
    return Subject(model=model, path=files.model, sample=examples.inputs, labels=labels, about=about)


@contextmanager
def _draft(plan: Plan) -> Iterator[Path]:
    with (whole_folder if plan.format.folder else whole)(plan.path) as draft:
        yield draft


def _from_raw(run: Runner, form: Form) -> Runner:
    """A runner of raw inputs: what a file takes is made by the very module that goes beside it."""
    from automl.formats.front import core_inputs

    if form.call is None:
        return run
    description = {"inputs": [item.plain() for item in form.inputs]}
    return lambda inputs: run(core_inputs(description, inputs))


def _write(plan: Plan, subject: Subject, form: Form, draft: Path) -> None:
    """Write a draft.

    Raises:
        ConfigError: the format cannot hold the model.
    """
    try:
        plan.format.write(subject, form, draft, plan.wish)
    except (AutomlError, OSError):
        raise
    except Exception as error:  # each converter has errors of its own
        reason = " ".join(str(error).split())[-300:]
        raise ConfigError(
            f"This model cannot be exported to {plan.format.name} ({type(error).__name__}: {reason})"
        ) from error


def _run(
    kind: Format, draft: Path, form: Form, examples: Examples
) -> tuple[Runner, Mapping[str, np.ndarray]]:
    """Run what was written; gives what runs it, and its outputs.

    Raises:
        ExportError: it cannot be run.
    """
    try:
        run = _from_raw(kind.opened(draft, form), form)
        return run, _in_parts(run, examples)
    except Exception as error:  # each runtime has errors of its own
        reason = " ".join(str(error).split())[:300]
        raise ExportError(
            f"The {kind.name} file cannot be run, so it was not kept: {type(error).__name__}: {reason}"
        ) from error


def _in_parts(run: Runner, examples: Examples) -> Mapping[str, np.ndarray]:
    return joined_rows(
        [
            run(take_rows(examples.inputs, slice(first, first + PART)))
            for first in range(0, len(examples), PART)
        ]
    )


def _compared(
    task: Task,
    subject: Subject,
    found: Mapping[str, np.ndarray],
    expected: Mapping[str, np.ndarray],
    limit: float,
) -> Parity:
    """Compare with the model; a label has to follow from the probabilities that the file gives."""
    from automl.formats.answers import labels

    own = {TARGET if name == PREDICTION else name: values for name, values in found.items()}
    known = dict(expected)
    if subject.labels is not None and LABEL in own:
        known[LABEL] = labels({"labels": asdict(subject.labels)}, own[TARGET])
    parity = compared(task, own, known, limit=limit)
    return replace(parity, output=PREDICTION) if parity.output == TARGET else parity


def _refuse_other(plan: Plan, parity: Parity) -> None:
    if parity.holds:
        return
    stored = plan.wish.quantize or "float32"
    raise ExportError(
        f"The {plan.format.name} file does not answer as the model does: {parity.output} differs by up to "
        f"{parity.largest_difference:.3g} ({parity.unit}) on {parity.rows} rows, at most {parity.limit:g} "
        f"is rounding in {stored}. It was not kept. {_ADVICE[stored]}"
    )


def _size(path: Path) -> int:
    files = files_below(path) if path.is_dir() else (path,)
    return sum(item.stat().st_size for item in files)

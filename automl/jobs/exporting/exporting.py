"""Writing a model in another format: written as a draft, run, compared, and only then put in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl._version import __version__
from automl.core.errors import AutomlError, ConfigError, ExportError
from automl.core.files import whole, whole_folder, write_whole
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
    as_outputs,
)
from automl.jobs.answers import warn
from automl.jobs.exporting.parity import FULL_LIMIT, SMALL_LIMIT, Parity, compared, latency
from automl.jobs.exporting.plan import Plan, planned
from automl.jobs.exporting.rows import sampled
from automl.jobs.finish.exported import load_model
from automl.jobs.folder import JobFolder, write_json
from automl.jobs.opened import OpenedModel
from automl.tasks.catalog import gives_probabilities
from automl.tasks.task import AnswersByClass, Task

if TYPE_CHECKING:
    import keras
    import numpy as np

PART = 64
"""Rows that are predicted at once, of pictures and sounds as well."""

FRONT = "front.py"
"""The module that makes the inputs of a core from raw rows, beside a file that needs it."""


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
        expected = opened.predictions(examples)
        return carry_out(plan, self.files, opened.model, opened.task, examples, expected)


def carry_out(
    plan: Plan,
    files: JobFolder,
    model: keras.Model,
    task: Task,
    examples: Examples,
    expected: Mapping[str, np.ndarray],
) -> Exported:
    """Write a model, compare what was written with it, and describe it in a JSON file.

    Args:
        plan: what and where to.
        files: of the job.
        model: the exported Keras model.
        task: its task.
        examples: raw rows to compare on.
        expected: what the model predicts for them, by name.

    Raises:
        ConfigError: the format cannot hold the model; the message says why.
        ExportError: the file answers otherwise than the model. It is thrown away.
    """
    from automl.formats.full_precision import computes_in_halves

    kind = plan.format
    rewritten = not kind.whole and computes_in_halves(model)
    subject = _subject(files, _model(files, model, anew=rewritten), task, examples)
    form = kind.form(subject)
    reason = kind.reason_against(form)
    if reason:
        raise ConfigError(f"This model cannot be exported to {kind.name}: {reason}.")
    plan.path.parent.mkdir(exist_ok=True)
    with _draft(plan) as draft:
        _write(plan, subject, form, draft)
        run, found = _run(kind, draft, form, examples)
        limit = FULL_LIMIT if plan.wish.quantize is None and not rewritten else SMALL_LIMIT
        parity = _compared(task, found, _with_labels(subject, task, expected), limit)
        _refuse_other(plan, parity)
        size, pace = _size(draft), latency(run, examples.inputs)
    done = Exported(
        path=plan.path, description=plan.description, parity=parity, bytes=size, latency_ms=pace
    )
    _describe(plan, files, subject, form, found, done)
    return done


def _model(files: JobFolder, model: keras.Model, *, anew: bool) -> keras.Model:
    """The model, or another in 32 bits: the one that was given is not changed."""
    from automl.formats.full_precision import in_full_precision

    return in_full_precision(load_model(files.model)) if anew else model


def _subject(files: JobFolder, model: keras.Model, task: Task, examples: Examples) -> Subject:
    labels = None
    about = {"made_by": f"automl {__version__}", "task": task.kind}
    if isinstance(task, AnswersByClass):
        labels = Labels(classes=task.classes, positive=task.positive, threshold=task.threshold)
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


def _with_labels(subject: Subject, task: Task, expected: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What is expected by the names of a file's outputs, and the label that ``predict`` gives."""
    named = as_outputs(expected)
    return named if subject.labels is None else {**named, LABEL: task.decode(expected)["prediction"]}


def _compared(
    task: Task, found: Mapping[str, np.ndarray], expected: Mapping[str, np.ndarray], limit: float
) -> Parity:
    described = task.describe()
    shares = frozenset(
        name
        for name in expected
        if name != LABEL and gives_probabilities(described, TARGET if name == PREDICTION else name)
    )
    known = {name: values for name, values in expected.items() if name in found}
    return compared(found, known, shares, limit=limit)


def _refuse_other(plan: Plan, parity: Parity) -> None:
    if parity.holds:
        return
    stored = plan.wish.quantize or "float32"
    advice = (
        "Numbers far from 0 may have lost digits in 32 bits: use --to onnx or savedmodel."
        if plan.wish.quantize is None
        else "Use float16, or leave --quantize out."
    )
    raise ExportError(
        f"The {plan.format.name} file does not answer as the model does: {parity.output} differs by up to "
        f"{parity.largest_difference:.3g} ({parity.unit}) on {parity.rows} rows, at most {parity.limit:g} "
        f"is rounding in {stored}. It was not kept. {advice}"
    )


def _size(path: Path) -> int:
    files = [item for item in path.rglob("*") if item.is_file()] if path.is_dir() else [path]
    return sum(item.stat().st_size for item in files)


def _describe(
    plan: Plan,
    files: JobFolder,
    subject: Subject,
    form: Form,
    found: Mapping[str, np.ndarray],
    done: Exported,
) -> None:
    """Write the JSON file, and the module that makes inputs where the file takes no texts."""
    kind = plan.format
    content: dict[str, Any] = {
        "format": kind.name,
        "file": plan.path.name,
        **subject.about,
        "weights": plan.wish.quantize or "float32",
        "inputs": [item.plain() for item in form.inputs],
        "outputs": [
            {"name": name, "shape": [None, *found[name].shape[1:]], "dtype": str(found[name].dtype)}
            for name in form.outputs
        ],
        **({} if subject.labels is None else {"labels": asdict(subject.labels)}),
        "parity": asdict(done.parity),
        "bytes": done.bytes,
        "latency_ms": round(done.latency_ms, 4),
    }
    content.pop("classes", None)
    write_json(plan.description, content)
    if any(item.front for item in form.inputs):
        from automl.formats import front

        write_whole(plan.path.with_name(FRONT), Path(front.__file__).read_bytes())

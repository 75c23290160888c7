"""What a format is: how a model is written in it, what it can hold, and how it is run again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from automl.core.targets import TARGET, named

if TYPE_CHECKING:
    import keras
    import numpy as np

Runner: TypeAlias = "Callable[[Mapping[str, np.ndarray]], dict[str, np.ndarray]]"
"""From what a file takes, by name, to its outputs by name; first axis examples."""

Quantize: TypeAlias = Literal["int8", "float16"]
"""Types that weights can be stored in, to make a file smaller."""

PREDICTION = "prediction"
"""Name of a single output."""

LABEL = "label"
"""Name of the output that holds the class that is answered."""


def as_outputs(predictions: Any) -> dict[str, Any]:
    """Return predictions of a model by the names that they have in a file."""
    return {PREDICTION if name == TARGET else name: value for name, value in named(predictions).items()}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How a model is to be written.

    Attributes:
        quantize: type that weights are stored in; None for float32.
        opset: version of the operations, of a format that has such; None for the writer's own choice.
    """

    quantize: Quantize | None = None
    opset: int | None = None


@dataclass(frozen=True, kw_only=True)
class Labels:
    """How the class that is answered follows from probabilities.

    Attributes:
        classes: in the order of the probabilities.
        positive: which of two classes has the threshold.
        threshold: probability from which on it is answered; None for the class with the highest.
        by_group: how thresholds go by group (JSON), see ``tasks.task.ComparesGroups.group_rule``; None for
            one for all. A file does not know groups, so it gives no label then.
    """

    classes: tuple[str, ...]
    positive: int = 0
    threshold: float | None = None
    by_group: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is written.

    Attributes:
        model: from raw inputs by name to predictions.
        path: the file that it was loaded from.
        sample: raw inputs of some examples, by name: their shapes, but for the number of examples, are
            those that the file will take.
        labels: how probabilities become a class; None where there is no such.
        about: what a file says of itself, where its format has room for that.
    """

    model: keras.Model
    path: Path
    sample: Mapping[str, np.ndarray]
    labels: Labels | None = None
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FormInput:
    """One input of a file.

    Attributes:
        name: in the file.
        made_of: names of the raw inputs that it is, or is made of.
        dtype: of its values.
        shape: of one example.
        front: how it is made of texts, see ``formats.front``; None where it is a raw input as it is.
    """

    name: str
    made_of: tuple[str, ...]
    dtype: str
    shape: tuple[int | None, ...]
    front: Mapping[str, Any] | None = None

    def plain(self) -> dict[str, Any]:
        """The input as JSON."""
        own = {"name": self.name, "made_of": list(self.made_of), "dtype": self.dtype}
        front = {} if self.front is None else {"front": dict(self.front)}
        return {**own, "shape": [None, *self.shape], **front}


@dataclass(frozen=True, kw_only=True)
class Form:
    """What a file takes and gives.

    Attributes:
        inputs: in order.
        outputs: names, in order.
        call: from tensors of the inputs, in order, to those of the outputs; None where the whole model is
            written, which takes raw inputs.
    """

    inputs: tuple[FormInput, ...]
    outputs: tuple[str, ...]
    call: Callable[[list[Any]], list[Any]] | None = None


def reads_dates(form: Form, runtime: str) -> str:
    """Return why dates cannot be written for a runtime that counts in 32 bits; empty without any."""
    dates = [item.made_of[0] for item in form.inputs if item.dtype == "int64" and item.front is None]
    if not dates:
        return ""
    return f"the model reads dates ({', '.join(dates[:5])}), and {runtime} does not count in 64 bits"


@dataclass(frozen=True, kw_only=True)
class Format:
    """A format that models can be written in.

    Attributes:
        name: as users write it.
        words: what it is, for a list.
        suffix: of the file or folder.
        folder: whether it is a folder.
        modules: libraries that are needed beyond those of this package.
        extra: the extra that installs them.
        quantizes: types that weights can be stored in, besides float32.
        has_opset: whether the version of its operations can be chosen.
        whole: whether it holds the model as it is, texts and 64 bits included. Else words are looked up
            ahead of it, by ``formats.front``.
        wide: of one that is not whole, whether it computes in 64 bits.
        form: what a file will take and give.
        reason_against: why a form cannot be written, a sentence; empty where it can.
        write: writes a file or folder.
        opened: runs one.
    """

    name: str
    words: str
    suffix: str
    form: Callable[[Subject], Form]
    write: Callable[[Subject, Form, Path, Wish], None]
    opened: Callable[[Path, Form], Runner]
    reason_against: Callable[[Form], str] = lambda form: ""
    folder: bool = False
    modules: tuple[str, ...] = ()
    extra: str = ""
    quantizes: tuple[Quantize, ...] = ()
    has_opset: bool = False
    whole: bool = True

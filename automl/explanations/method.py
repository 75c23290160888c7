"""What a method of explanation is given, and what it finds.

A method is a function from a ``Subject`` to a ``Found``, with a name in the catalog. It asks the model and
never the search, so it explains any finished job.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from automl.core.errors import ConfigError
from automl.core.figures import Figure
from automl.core.reports import Section
from automl.core.specs import Objective
from automl.data.modality import Examples
from automl.tasks.task import Task

if TYPE_CHECKING:
    import keras
    import numpy as np


class Predict(Protocol):
    """Asks a model."""

    def __call__(
        self, inputs: Mapping[str, np.ndarray], of: np.ndarray | None = None, /
    ) -> Mapping[str, np.ndarray]:
        """Return predictions by name.

        Args:
            inputs: raw, by name, first axis n.
            of: position of the example that each row is made from ``(n,)``, where rows are predicted by
                networks that were not trained on it; None where that makes no difference.
        """
        ...


SECONDS = 60.0
"""Time that a method takes at most where nothing else is said; what it has by then is told."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a user wants of counterfactuals.

    Attributes:
        keep: columns that stay as they are, by the names that users know, such as an age.
        wanted: the class that is to be answered, or the amount that is to be passed; empty for any other
            class, and for the middle of the answers.
    """

    keep: tuple[str, ...] = ()
    wanted: str = ""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A model and the examples that it is explained on.

    Attributes:
        task: the fitted task.
        examples: raw examples; with targets where they are known.
        rows: positions of the examples whose answers are explained one by one.
        predict: asks the model.
        objective: metric that answers are scored by.
        labels: what users call the raw inputs, by name.
        channels: what users call the channels of a series.
        rates: samples of a second of the raw inputs that are sounds, by name.
        wish: what counterfactuals are to reach.
        model: gives the exported model; loaded when a method first asks for it.
        seconds: time that a method may take, about.
        seed: of all that is drawn.
    """

    task: Task
    examples: Examples
    rows: tuple[int, ...]
    predict: Predict
    objective: Objective
    model: Callable[[], keras.Model]
    labels: Mapping[str, str] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    rates: Mapping[str, int] = field(default_factory=dict)
    wish: Wish = field(default_factory=Wish)
    seconds: float = SECONDS
    seed: int = 0

    def clock(self) -> Callable[[], bool]:
        """Return what tells whether the time, from now on, is over."""
        end = time.monotonic() + self.seconds
        return lambda: time.monotonic() > end


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a method has found.

    Attributes:
        text: how to read it, in a few sentences.
        figures: in order.
        values: the same as plain JSON, for programs.
        pictures: PNG files by name, as bytes.
    """

    text: str
    figures: tuple[Figure, ...]
    values: Mapping[str, Any]
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Method:
    """A way to explain a model.

    Attributes:
        name: as users write it.
        title: of its section.
        explain: from a subject to what is found; raises ``NotExplainedError`` where it cannot.
        targets: whether it needs the targets of the examples.
        instead_of: names of methods that are better where they can be had: this one is used by default only
            where none of them can explain.
    """

    name: str
    title: str
    explain: Callable[[Subject], Found]
    targets: bool = False
    instead_of: tuple[str, ...] = ()

    def section(self, found: Found) -> Section:
        """Return what was found as a section of a report."""
        return Section(
            key=f"explained_{self.name}", title=self.title, text=found.text, figures=found.figures
        )


class NotExplainedError(ConfigError):
    """A method cannot explain a model, or not on such examples; the message says why in one sentence."""

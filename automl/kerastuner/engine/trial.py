"""One trial as a program sees it: its hyperparameters, what was measured, how it ended."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from automl.kerastuner.engine.hyperparameters import HyperParameters
from automl.kerastuner.engine.metrics_tracking import MetricsTracker


class TrialStatus:
    """How a trial stands.

    ``RUNNING``; ``IDLE`` and ``STOPPED``, answers of an oracle that has nothing to be tried now or any
    more; ``INVALID``, failed and to be tried again; ``COMPLETED``; ``FAILED`` for good.
    """

    RUNNING = "RUNNING"
    IDLE = "IDLE"
    INVALID = "INVALID"
    STOPPED = "STOPPED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class Trial:
    """A set of values, and what came of it.

    Args:
        hyperparameters: the space as known, and the values.
        trial_id: its number in the search as text, with zeros before it.
        status: see ``TrialStatus``.
        message: why it failed, or None.

    Attributes:
        metrics: what was measured.
        score: of the objective, None before it has ended.
        best_step: the step (epoch, from 0) of the score.
    """

    def __init__(
        self,
        hyperparameters: HyperParameters,
        trial_id: str | None = None,
        status: str = TrialStatus.RUNNING,
        message: str | None = None,
    ) -> None:
        self.hyperparameters = hyperparameters
        self.trial_id = secrets.token_hex(16) if trial_id is None else trial_id
        self.metrics = MetricsTracker()
        self.score: float | None = None
        self.best_step: int | None = 0
        self.status = status
        self.message = message

    def summary(self) -> None:
        """Print values and score."""
        print(f"Trial {self.trial_id}")
        self.display_hyperparameters()
        if self.score is not None:
            print(f"Score: {self.score}")
        if self.message:
            print(self.message)

    def display_hyperparameters(self) -> None:
        """Print the values."""
        for name, value in self.hyperparameters.values.items():
            print(f"  {name}: {value}")
        if not self.hyperparameters.values:
            print("  no hyperparameters")

    def get_state(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "trial_id": self.trial_id,
            "hyperparameters": self.hyperparameters.get_config(),
            "metrics": self.metrics.get_config(),
            "score": self.score,
            "best_step": self.best_step,
            "status": self.status,
            "message": self.message,
        }

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Become what ``get_state`` told; parts that other versions leave out have their defaults."""
        self.trial_id = state["trial_id"]
        self.hyperparameters = HyperParameters.from_config(state["hyperparameters"])
        self.metrics = MetricsTracker.from_config(state["metrics"])
        self.score = state["score"]
        self.best_step = state.get("best_step")
        self.status = state["status"]
        self.message = state.get("message")

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Trial:
        """Make what ``get_state`` told."""
        trial = cls(HyperParameters())
        trial.set_state(state)
        return trial

"""The winner with calibrated probabilities, where that pays on examples that it was not trained on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from automl.core.catalog import at_place
from automl.core.seeds import derive
from automl.core.specs import label_of
from automl.jobs.finish.winner import TrainedWinner
from automl.metrics.metric import LOG_LOSS

if TYPE_CHECKING:
    from automl.tasks.calibration import Calibration


JOINED = 0.5
"""Power of a temperature above 1 where networks of folds are averaged. How much of it they need differs: on
hotel_cancel nearly all (1.45 of 1.46), nearly none where their errors differ more."""

MADE_UP = 1.2
"""Temperature of single networks up to which those of folds, averaged, get none. Of ten tables six asked
for 1.09 to 1.19; half of that moved the Brier score of the test by -0.0002 to 0.0008, up on four."""


@dataclass(frozen=True, kw_only=True)
class Calibrated:
    """What came of it.

    Attributes:
        winner: with the temperature of its probabilities.
        facts: for the result: ``temperature``, the log-loss ``before`` and ``after`` by cross-validation,
            and as such pairs ``brier`` and ``ece``; None where probabilities are left as they are.
        note: for the user, empty where there is nothing to tell.
    """

    winner: TrainedWinner
    facts: dict[str, Any] | None = None
    note: str = ""


def calibrated(winner: TrainedWinner, seed: int) -> Calibrated:
    """Fit a temperature to what the winner predicts for examples that its networks were not trained on.

    Args:
        winner: what is to be exported.
        seed: of the job.
    """
    from automl.tasks.calibration import fit_temperature

    prepared = winner.prepared
    place = prepared.task.declaration.calibration
    if not place:
        return Calibrated(winner=winner)
    calibration: Calibration = at_place(place)
    predictions, targets = winner.held_out(), prepared.targets
    joined = any(member.folds for member in winner.members)
    fitted = fit_temperature(
        calibration,
        targets,
        predictions,
        seed=derive(seed, "calibration"),
        applied=_of_averaged if joined else None,
    )
    temperature = fitted.temperature
    if temperature == 1.0:
        return Calibrated(winner=winner)
    facts = {
        "temperature": temperature,
        "before": fitted.before,
        "after": fitted.after,
        "brier": list(fitted.brier),
        "ece": list(fitted.ece),
    }
    note = (
        f"Probabilities are calibrated: logits are divided by {temperature:.3g}. By cross-validation "
        f"{label_of(LOG_LOSS.name)} falls from {fitted.before:.4g} to {fitted.after:.4g}."
    )
    return Calibrated(winner=replace(winner, temperature=temperature), facts=facts, note=note)


def _of_averaged(temperature: float) -> float:
    """What the mean of networks of folds gets of the temperature of single ones.

    Single networks predict out of fold, and the exported model averages those of all folds, which is less
    certain by itself: where they are too certain it gets half of the correction, see ``JOINED``, and none
    of a small one, see ``MADE_UP``. Where they are not certain enough it needs all of it: on SMS spam, of
    0.55, the error of 4,374 other messages falls from 0.086 to 0.010, and to 0.040 with half.
    """
    if temperature <= 1.0:
        return temperature
    return 1.0 if temperature < MADE_UP else temperature**JOINED

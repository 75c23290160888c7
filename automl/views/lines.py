"""One line each on phases and trials."""

from __future__ import annotations

import time
from collections.abc import Sequence

from automl.core.amounts import plain_number
from automl.core.phases import Phase
from automl.core.specs import Configuration, Objective, TrialRecord
from automl.jobs.trial.plan import in_order
from automl.views.text import configuration_text, duration_text

EXPLAINED = {
    "paused": "A waiting trial has been trained for a few epochs; the best of them go further.",
    "pruned": "A pruned trial was stopped early: others do better, or it is too slow for the time.",
}
"""Words that only we use, each explained where it is first said."""

_REASONS = {"deadline": "cut short by the end of the time"}
"""Why a trial ended, where the record has but a word for it."""


class Standings:
    """How the trials of a search stand, the latest word on each."""

    def __init__(self, earlier: Sequence[TrialRecord] = ()) -> None:
        self._latest = {record.number: record for record in earlier}
        self._begun = set(self._latest)

    def begun(self, number: int) -> TrialRecord | None:
        """Hear that a trial is trained; returns how it stood when it paused, None if it begins."""
        self._begun.add(number)
        known = self._latest.get(number)
        return known if known is not None and known.state == "paused" else None

    def ended(self, record: TrialRecord) -> None:
        """Hear how a trial ended or paused."""
        self._begun.add(record.number)
        self._latest[record.number] = record

    def leaders(self, objective: Objective, most: int) -> list[TrialRecord]:
        """Return the best trials, best first."""
        left = [record for record in self._latest.values() if record.scores and record.state != "failed"]
        return in_order(left, objective)[:most]

    def counts(self, trials: int | None = None) -> str:
        """Return ``12 of 20 trials started, 3 finished, 5 waiting``, without what there is none of."""
        states = [record.state for record in self._latest.values()]
        of = f" of {trials}" if trials else ""
        noun = "trial" if (trials or len(self._begun)) == 1 else "trials"
        parts = [f"{len(self._begun)}{of} {noun} started", f"{states.count('complete')} finished"]
        rest = {"waiting": "paused", "pruned": "pruned", "failed": "failed"}
        return ", ".join(parts + [f"{states.count(s)} {word}" for word, s in rest.items() if s in states])


def phase_line(phase: Phase) -> str:
    """Return ``Decoding images: 45 of 120 images, about 0:08 left``."""
    name = phase.name[:1].upper() + phase.name[1:]
    took = time.monotonic() - phase.began
    if phase.total is None:
        return f"{name} ({duration_text(took)})" if took >= 2 else name
    unit = f" {phase.unit}" if phase.unit else ""
    line = f"{name}: {phase.done:,} of {phase.total:,}{unit}"
    if not phase.done or phase.done >= phase.total:
        return line
    return f"{line}, about {duration_text(took * (phase.total - phase.done) / phase.done)} left"


def trial_line(record: TrialRecord, objectives: tuple[Objective, ...]) -> str:
    """Return one line on a trial that paused or ended."""
    result = score_text(record, objectives) if record.scores else record.reason
    if record.state == "paused":
        head = f"trial {record.number} at epoch {record.epochs}: {result}, waiting"
    else:
        head = f"trial {record.number} {state_word(record)}: {result} | {epochs_text(record.epochs)}"
    if record.state == "paused" and record.promotions:
        return f"{head} | {record.seconds:.1f} s"
    configuration = configuration_text(unprefixed(record.configuration), most=2)
    parts = [head, f"{record.seconds:.1f} s", configuration]
    if record.scores and record.state != "paused" and record.reason:
        parts.append(_REASONS.get(record.reason, record.reason))
    return " | ".join(parts)


def state_word(record: TrialRecord) -> str:
    """Return how a trial stands, in the words of the views."""
    return {"complete": "finished", "paused": "waiting"}.get(record.state, record.state)


def epochs_text(count: int) -> str:
    """Return ``1 epoch`` or ``2 epochs``."""
    return f"{count} epoch{'' if count == 1 else 's'}"


def unprefixed(configuration: Configuration) -> dict[str, object]:
    """Return a configuration with the plain names of its parameters."""
    return {name.rpartition(".")[2]: value for name, value in configuration.items()}


def score_text(record: TrialRecord | None, objectives: tuple[Objective, ...]) -> str:
    """Return ``val_accuracy 0.86``, or that there is none yet."""
    if record is None or not record.scores:
        return "none yet"
    parts = zip(objectives, record.scores, strict=False)
    return ", ".join(f"{item.label} {plain_number(score)}" for item, score in parts)


def left_text(deadline: float | None) -> str:
    """Return ``2:03 left``, or nothing without a deadline."""
    return "" if deadline is None else f"{duration_text(deadline - time.monotonic())} left"

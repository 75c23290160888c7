"""What calibrating the model was worth, in the report."""

from __future__ import annotations

from automl.core.figures import Table, rounded
from automl.jobs.report.facts import Searched


def calibration_tables(searched: Searched) -> tuple[Table, ...]:
    """Return the errors of probabilities before and after; none where they were left as they are."""
    facts = searched.summary.get("calibration")
    if not facts or "ece" not in facts:
        return ()
    pairs = {
        "log-loss": (facts["before"], facts["after"]),
        "Brier score": tuple(facts["brier"]),
        "expected calibration error": tuple(facts["ece"]),
    }
    rows = tuple((name, rounded(before, 5), rounded(after, 5)) for name, (before, after) in pairs.items())
    note = (
        f"Logits are divided by {facts['temperature']:.3g}. By cross-validation on rows that were not "
        "trained on: each part at the temperature of the others."
    )
    return (Table(title="Calibration", columns=("", "before", "after"), rows=rows, note=note),)

"""How far the score of a search can be believed: on further rows, with other seeds, on fewer rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import mean, stdev
from typing import Any

from automl.core.figures import INK, Axis, Chart, Figure, Line, Table, numbers, rounded
from automl.core.reports import Remark, Section
from automl.core.specs import Objective
from automl.drawing.scales import interval_text, number_text
from automl.jobs.report.choosing import Choice

KEY = "validation"
"""Of the section."""

NEAR = 0.5
"""Share of the last doubling's gain that the next one has, where the doubling before gained nothing."""

FLATTENING = 0.8
"""Share of the last doubling's gain that the next one has at most, as learning curves flatten: errors fall
with a power of the rows, by exponents of a third and less (Hestness et al., 2017)."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A score with its 95% interval, by the metric that was searched for.

    Attributes:
        value: the score.
        low: end of the interval, NaN where it cannot be told.
        high: end of it.
    """

    value: float
    low: float = math.nan
    high: float = math.nan

    @property
    def ends(self) -> tuple[float, float] | None:
        """The interval, where there is one."""
        return None if math.isnan(self.low) else (self.low, self.high)


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """The model on rows that the search never looked at.

    Attributes:
        rows: how many.
        score: on them.
        gap: by how much the rows that chose the model promised more, above 0 for too much.
        metrics: every metric.
        intervals: of them.
    """

    rows: int
    score: Estimate
    gap: Estimate
    metrics: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class Nested:
    """The whole search, repeated without the rows of each fold and scored on them.

    Attributes:
        folds: that were scored.
        of: folds in all.
        rows: that were scored, all folds together.
        score: mean over folds, by rows.
        scores: of each fold.
        seconds: that all of it took.
    """

    folds: int
    of: int
    rows: int
    score: Estimate
    scores: tuple[float, ...]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Point:
    """The best trial's configuration, trained on some of the rows."""

    rows: int
    score: float


@dataclass(frozen=True, kw_only=True)
class Validated:
    """What is known of a result besides its score; all of it may be absent.

    Attributes:
        choice: what the choice among trials made of the scores.
        holdout: on rows that the search never looked at.
        nested: of the whole search repeated.
        seeds: scores of the best trial, its own first, then with other seeds.
        curve: scores of the best trial by rows, all of them last.
    """

    choice: Choice | None = None
    holdout: HeldOut | None = None
    nested: Nested | None = None
    seeds: tuple[float, ...] = ()
    curve: tuple[Point, ...] = ()

    def facts(self) -> dict[str, Any]:
        """Return what ``result.json`` tells."""
        return {
            "choice": None if self.choice is None else _plain(asdict(self.choice)),
            "holdout": None
            if self.holdout is None
            else {**_plain(asdict(self.holdout)), "refitted": False},
            "nested": None if self.nested is None else _plain(asdict(self.nested)),
            "seeds": list(self.seeds),
            "learning_curve": [asdict(point) for point in self.curve],
        }


def gap_of(promised: Estimate, found: Estimate, objective: Objective) -> Estimate:
    """Return by how much a score promised more than was found on other rows.

    The rows differ, so their errors are independent and the squares of half the intervals add up.
    """
    sign = 1.0 if objective.direction == "maximize" else -1.0
    value = sign * (promised.value - found.value)
    if promised.ends is None or found.ends is None:
        return Estimate(value=value)
    half = math.hypot((promised.high - promised.low) / 2, (found.high - found.low) / 2)
    return Estimate(value=value, low=value - half, high=value + half)


def validation_section(
    checked: Validated, objective: Objective, own: Estimate, part: str, rules: Sequence[str] = ()
) -> Section | None:
    """Return the section; None where nothing is known.

    Args:
        checked: what is known.
        objective: what was searched for.
        own: score on the rows that trials were scored on; its interval is less the choice among trials.
        part: what these are called.
        rules: every trivial rule that was scored; of some no predictions are kept.
    """
    figures: list[Figure] = [
        *_estimates(checked, objective, own, part),
        *_differences(checked, objective, rules),
        *_seeds(checked, objective),
        *_curve(checked, objective),
    ]
    told = [text for text in (_choice_text(checked), _holdout_text(checked), _nested_text(checked)) if text]
    if not figures:
        return None
    return Section(key=KEY, title="How far to believe it", text=" ".join(told), figures=tuple(figures))


def validation_remarks(checked: Validated, objective: Objective, own: Estimate) -> tuple[Remark, ...]:
    """Return what to know beside the verdict."""
    return (
        *_of_holdout(checked, objective),
        *_of_nested(checked, objective),
        *_of_seeds(checked, objective),
        *_of_curve(checked, objective, own),
    )


def honest(checked: Validated) -> str:
    """Return in a few words what confirms the score that no choice has touched; empty for nothing."""
    if checked.holdout is not None:
        return "the holdout"
    return "nested cross-validation" if checked.nested is not None else ""


def _estimates(checked: Validated, objective: Objective, own: Estimate, part: str) -> tuple[Table, ...]:
    gain = 0.0 if checked.choice is None else checked.choice.gains.get(objective.name, 0.0)
    ends = own.ends
    rows: list[tuple[Any, ...]] = [
        (part, "the rows that chose the model", own.value, None if gain else ends, None)
    ]
    if gain:
        rows.append((f"{part}, corrected", "less the choice among trials", own.value - gain, ends, None))
    if checked.holdout is not None:
        held = checked.holdout
        rows.append(("holdout", "rows never looked at", held.score.value, held.score.ends, held.rows))
    if checked.nested is not None:
        nested = checked.nested
        what = f"the search repeated, {nested.folds} folds"
        rows.append(("nested", what, nested.score.value, nested.score.ends, nested.rows))
    if len(rows) < 2:
        return ()
    cells = tuple(
        (name, what, rounded(value), interval_text(ends), "" if count is None else f"{count:,}")
        for name, what, value, ends, count in rows
    )
    columns = ("score", "from", objective.name, "95% interval", "rows")
    return (Table(title="The same score, looked at with care", columns=columns, rows=cells),)


def _differences(checked: Validated, objective: Objective, rules: Sequence[str]) -> tuple[Table, ...]:
    if checked.choice is None or not checked.choice.differences:
        return ()
    rows = tuple(
        (
            f"rule {item.rival}" if item.is_rule else item.rival,
            rounded(item.value),
            interval_text((item.low, item.high)),
            "better" if item.low > 0 else "worse" if item.high < 0 else "may be chance",
        )
        for item in checked.choice.differences
    )
    known = {item.rival for item in checked.choice.differences}
    lacking = ", ".join(name for name in rules if name not in known)
    note = "Paired bootstrap: both are scored on the same rows, drawn again and again."
    note += f" Not drawn again, as no predictions are kept of it: {lacking}." if lacking else ""
    return (
        Table(
            title="Against others on the same rows",
            columns=("other", f"{objective.name}, model better by", "95% interval", "so the model is"),
            rows=rows,
            note=note,
        ),
    )


def _seeds(checked: Validated, objective: Objective) -> tuple[Table, ...]:
    if len(checked.seeds) < 2:
        return ()
    names = ["in the search", *(f"seed {number}" for number in range(1, len(checked.seeds)))]
    rows = tuple((name, rounded(score)) for name, score in zip(names, checked.seeds, strict=True))
    return (
        Table(title="The best trial with other seeds", columns=("trained", objective.label), rows=rows),
    )


def _curve(checked: Validated, objective: Objective) -> tuple[Chart, ...]:
    if len(checked.curve) < 2:
        return ()
    return (
        Chart(
            title="More rows",
            x=Axis(label="rows trained on", log=True),
            y=Axis(label=objective.label),
            lines=(
                Line(
                    name="the best trial",
                    x=numbers(point.rows for point in checked.curve),
                    y=numbers(point.score for point in checked.curve),
                    tone=INK,
                ),
            ),
            note="The configuration of the best trial, trained on fewer rows and scored on the same ones.",
        ),
    )


def _choice_text(checked: Validated) -> str:
    if checked.choice is None or not checked.choice.gains:
        return ""
    return (
        f"Of {checked.choice.trials} trials the best was chosen on the rows that it is scored on, which "
        "flatters it. By how much is told by rows drawn again and again: each time the best trial on the "
        "rows drawn is scored on the others."
    )


def _holdout_text(checked: Validated) -> str:
    if checked.holdout is None:
        return ""
    return (
        f"{checked.holdout.rows:,} rows were kept from the search and scored once. The model was not "
        "trained on them afterwards, so this score is its own; `--holdout 0` learns from all rows instead."
    )


def _nested_text(checked: Validated) -> str:
    nested = checked.nested
    if nested is None:
        return ""
    return (
        f"The whole search was repeated {nested.folds} times, each time without the rows of one fold, "
        "and its model scored on them: what a search like this one is worth. That took "
        f"{nested.seconds:.0f} seconds."
    )


def _of_holdout(checked: Validated, objective: Objective) -> list[Remark]:
    held = checked.holdout
    if held is None:
        return []
    told = (
        f"On {held.rows:,} rows that the search never looked at, {objective.name} is "
        f"{number_text(held.score.value)} ({interval_text(held.score.ends)})"
    )
    if held.gap.ends is None:
        return [Remark(mood="good", text=f"{told}.")]
    if held.gap.low > 0:
        worse = f"{told}, worse than the rows that chose it promised, by {number_text(held.gap.value)}"
        text = f"{worse} ({interval_text(held.gap.ends)}): expect what the holdout says."
        return [Remark(mood="careful", text=text)]
    text = f"{told}. What the search promised differs by {number_text(held.gap.value)}"
    return [Remark(mood="good", text=f"{text} ({interval_text(held.gap.ends)}), which chance explains.")]


def _of_nested(checked: Validated, objective: Objective) -> list[Remark]:
    nested = checked.nested
    if nested is None:
        return []
    lacking = (
        ""
        if nested.folds == nested.of
        else f" {nested.of - nested.folds} of {nested.of} folds are missing."
    )
    text = (
        f"The search repeated without each of {nested.folds} folds reaches {objective.name} "
        f"{number_text(nested.score.value)} ({interval_text(nested.score.ends)}) on them, "
        f"{number_text(min(nested.scores))} to {number_text(max(nested.scores))} by fold.{lacking}"
    )
    return [Remark(mood="careful" if lacking else "good", text=text)]


def _of_seeds(checked: Validated, objective: Objective) -> list[Remark]:
    if len(checked.seeds) < 3:
        return []
    own, others = checked.seeds[0], checked.seeds[1:]
    spread, middle = stdev(checked.seeds), mean(others)
    told = (
        f"Trained {len(others)} more times with other seeds, the best trial scores {number_text(middle)} "
        f"on average, {number_text(min(others))} to {number_text(max(others))}; the search has "
        f"{number_text(own)}"
    )
    if all(objective.better(own, other) for other in others):
        return [Remark(mood="careful", text=f"{told}, better than all of them: a part of it is luck.")]
    return [Remark(mood="good", text=f"{told}. Differences of {number_text(2 * spread)} are chance.")]


def _of_curve(checked: Validated, objective: Objective, own: Estimate) -> list[Remark]:
    if len(checked.curve) < 3:
        return []
    sign = 1.0 if objective.direction == "maximize" else -1.0
    *_, quarter, half, whole = checked.curve
    first, last = sign * (half.score - quarter.score), sign * (whole.score - half.score)
    told = (
        f"From {half.rows:,} to {whole.rows:,} rows {objective.name} went from {number_text(half.score)} "
        f"to {number_text(whole.score)}"
    )
    noise = stdev(checked.seeds) if len(checked.seeds) > 2 else 0.0
    least = max(noise, 0.0 if own.ends is None else (own.high - own.low) / 8)
    if last <= least:
        return [Remark(mood="good", text=f"{told}: twice as many rows would hardly help.")]
    ratio = min(max(last / first, 0.0), FLATTENING) if first > 0 else NEAR
    expected = whole.score + sign * ratio * last
    text = f"{told}: twice as many rows may give about {number_text(expected)}. More data is worth it."
    return [Remark(mood="good", text=text)]


def _plain(values: Any) -> Any:
    """As JSON holds it: without NaN."""
    if isinstance(values, Mapping):
        return {str(name): _plain(value) for name, value in values.items()}
    if isinstance(values, Sequence) and not isinstance(values, str):
        return [_plain(value) for value in values]
    return None if isinstance(values, float) and not math.isfinite(values) else values

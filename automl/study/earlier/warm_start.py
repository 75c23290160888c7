"""Warm start: what a new study takes from earlier ones, in proportion to how similar their data looks.

The best configurations of an earlier study are tried first, and its results inform the sampler as uncertain
observations. Both are copied into the new study when it is created, so earlier ones may be deleted later.

Likeness: 1 for data of the same size; each fact (rows, columns, outputs) that is ten times larger in one
of the two halves it; 0 for another modality or another task, of which nothing is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from automl.core.specs import COSTS, Configuration, Objective, Scalar
from automl.spaces.parameters import Choice, Constant
from automl.spaces.space import FAMILY, SearchSpace
from automl.study.proposals.prior_point import PriorPoint

MOST_STARTS = 3
"""Configurations of an earlier study that are tried."""
MOST_RESULTS = 40
"""Results of an earlier study that inform the sampler, half of them its best."""
UNKNOWN = 0.25
"""Likeness of a study that says nothing of its data: one that was not made by a search of ours."""
OTHER_METRIC = 0.5
"""Factor where the earlier study optimised another metric of the same task."""
_POWER = 0.301


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the data of a study looks like.

    Attributes:
        modality: kind of input.
        task: kind of the task.
        rows: examples.
        columns: columns or inputs used.
        outputs: classes, labels or targets.
    """

    modality: str
    task: str
    rows: int
    columns: int
    outputs: int

    def plain(self) -> dict[str, Any]:
        """The facts as JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an earlier study is kept.

    Attributes:
        shown: how the user called it, without secrets.
        storage: a data base's address, or the path of a journal file.
        name: the study's, None for the only one there.
    """

    shown: str
    storage: str
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class EarlierResult:
    """One trial of an earlier study.

    Attributes:
        configuration: in the words of its own space, constants included.
        standing: how it stands in its study, smaller is better; see ``evidence``.
        failed: whether it has no score.
    """

    configuration: Configuration
    standing: float
    failed: bool = False


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """An earlier study.

    Attributes:
        name: the study's.
        facts: of its data, None when it does not say.
        objectives: label and direction of each (``val_accuracy:maximize``), empty when it does not say.
        results: its trials that reached a rung or failed.
    """

    name: str
    facts: Facts | None
    objectives: tuple[str, ...]
    results: tuple[EarlierResult, ...]


@dataclass(frozen=True, kw_only=True)
class Gift:
    """What one earlier study gives.

    Attributes:
        name: the study's.
        weight: its likeness, 0 when it gives nothing.
        starts: whole configurations of the new study's space, best first.
        prior: results for the sampler.
        note: one sentence for the user.
    """

    name: str
    weight: float
    note: str
    starts: tuple[Configuration, ...] = ()
    prior: tuple[PriorPoint, ...] = ()


def likeness(one: Facts, other: Facts) -> float:
    """Return how alike two data sets look: 0 for nothing in common, 1 for the same size."""
    if (one.modality, one.task) != (other.modality, other.task):
        return 0.0
    pairs = ((one.rows, other.rows), (one.columns, other.columns), (one.outputs, other.outputs))
    share = 1.0
    for left, right in pairs:
        share *= max(min(left, right), 1) / max(left, right, 1)
    return float(share**_POWER)


def gift(
    earlier: Earlier, space: SearchSpace, objectives: Sequence[Objective], facts: Facts | None
) -> Gift:
    """Return what an earlier study gives to a new one.

    Args:
        earlier: the study.
        space: the new study's.
        objectives: the new study's.
        facts: of the new study's data, None when it is not known.
    """
    weight, reason = _weight(earlier, objectives, facts)
    if not weight:
        return _nothing(earlier, reason)
    starts, prior = _starts(earlier, space), _prior(earlier, space, weight)
    if not starts and not prior:
        return _nothing(earlier, "it has no result in this search space")
    return Gift(
        name=earlier.name,
        weight=weight,
        starts=starts,
        prior=prior,
        note=f"Warm start from {earlier.name!r} (likeness {weight:.2f}{reason}): {len(starts)} of its "
        f"configurations to try, {len(prior)} of its results in the model.",
    )


def adapted(space: SearchSpace, configuration: Configuration) -> dict[str, Scalar] | None:
    """Return what of another space's configuration fits this space.

    Args:
        space: of one family, or joint.
        configuration: of any space; parameters that are unknown here and values that do not fit are left
            out, so that they take their defaults.

    Returns:
        a part of a configuration; None when its family is not in this space.
    """
    entry = _translated(space, configuration)
    return None if entry is None else space.refitted(entry)


def plain_gift(item: Gift) -> dict[str, Any]:
    """Return a gift as JSON, to be kept with the study."""
    return {
        **asdict(item),
        "starts": [dict(entry) for entry in item.starts],
        "prior": [[dict(point.params), round(point.standing, 4)] for point in item.prior],
    }


def restored_gift(plain: Mapping[str, Any]) -> Gift:
    """Return the gift that ``plain_gift`` described."""
    points = (
        PriorPoint(params=params, standing=standing, weight=plain["weight"])
        for params, standing in plain["prior"]
    )
    return Gift(**{**plain, "starts": tuple(plain["starts"]), "prior": tuple(points)})


def _weight(earlier: Earlier, objectives: Sequence[Objective], facts: Facts | None) -> tuple[float, str]:
    """Likeness, and what is to be said of it."""
    weight, reason = UNKNOWN, ", because nothing is known about its data"
    if facts is not None and earlier.facts is not None:
        weight, reason = likeness(facts, earlier.facts), ""
        if not weight:
            return 0.0, (
                f"it was made for {earlier.facts.task} of {earlier.facts.modality} data, "
                f"and this is {facts.task} of {facts.modality} data"
            )
    if not earlier.objectives or earlier.objectives[0] == objectives[0].text:
        return weight, reason
    theirs = earlier.objectives[0].partition(":")[0]
    if theirs in COSTS or objectives[0].name in COSTS:
        return 0.0, f"it optimised {theirs}, and this is a search for {objectives[0].label}"
    return weight * OTHER_METRIC, f"{reason}, for {theirs}"


def _nothing(earlier: Earlier, reason: str) -> Gift:
    return Gift(name=earlier.name, weight=0.0, note=f"Nothing is taken from {earlier.name!r}: {reason}.")


def _starts(earlier: Earlier, space: SearchSpace) -> tuple[Configuration, ...]:
    starts: list[dict[str, Scalar]] = []
    for item in _best_first(item for item in earlier.results if not item.failed):
        entry = adapted(space, item.configuration)
        whole = None if entry is None else space.complete(entry)
        if whole is not None and whole not in starts:
            starts.append(whole)
    return tuple(starts[:MOST_STARTS])


def _prior(earlier: Earlier, space: SearchSpace, weight: float) -> tuple[PriorPoint, ...]:
    """Results whose configurations are points of this space: one that was moved would tell a lie."""
    constants = {item.name for item in space.parameters if isinstance(item, Constant)}
    points = []
    for item in _best_first(earlier.results):
        entry = _translated(space, item.configuration)
        kept = {} if entry is None else space.refitted(entry)
        known = {parameter.name for parameter in space.parameters} - constants
        if entry is None or (entry.keys() & known) - kept.keys():
            continue
        params = {name: value for name, value in space.complete(kept).items() if name not in constants}
        points.append(PriorPoint(params=params, standing=item.standing, weight=weight))
    return tuple(_thinned(points))


def _thinned(points: Sequence[PriorPoint]) -> Sequence[PriorPoint]:
    """The best ones, and others evenly from the rest."""
    half = MOST_RESULTS // 2
    rest = points[half:]
    if len(points) <= MOST_RESULTS:
        return points
    return [*points[:half], *(rest[place * len(rest) // half] for place in range(half))]


def _best_first(results: Iterable[EarlierResult]) -> list[EarlierResult]:
    return sorted(results, key=lambda item: item.standing)


def _translated(space: SearchSpace, configuration: Configuration) -> dict[str, Scalar] | None:
    """The configuration with this space's prefixes, which only a space of several families has."""
    families = _families(space)
    family = configuration.get(FAMILY) or (families[0] if len(families) == 1 else None)
    own = {name: value for name, value in configuration.items() if name != FAMILY}
    plain = {name.removeprefix(f"{family}."): value for name, value in own.items()}
    if not families:
        return plain
    if family not in families:
        return None
    prefixed = any(item.name.startswith(f"{family}.") for item in space.parameters)
    start = f"{family}." if prefixed else ""
    return {FAMILY: family, **{f"{start}{name}": value for name, value in plain.items()}}


def _families(space: SearchSpace) -> tuple[Scalar, ...]:
    for parameter in space.parameters:
        if parameter.name == FAMILY:
            return parameter.values if isinstance(parameter, Choice) else (parameter.default,)
    return ()

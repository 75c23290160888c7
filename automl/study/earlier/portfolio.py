"""Portfolios: configurations worth trying first, how they are learned, and when they stop paying off.

Learned greedily (Wistuba et al., "Sequential Model-Free Hyperparameter Tuning", 2015; Feurer et al.,
"Auto-sklearn 2.0", 2022): the next entry is the one that helps the mean study most, given those before. A
configuration was tried in its own study only, so what it is worth in another one is predicted by a
Gaussian process of that study's results.

Symbols: s studies, c configurations; regret 1 = the study's median configuration, 0 = its best.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

import numpy as np

from automl.core.errors import ConfigError
from automl.core.specs import Objective, Scalar, TrialRecord
from automl.spaces.parameters import Constant, Float
from automl.spaces.space import FAMILY, SearchSpace, family_of
from automl.study.earlier.warm_start import Earlier, Gift, adapted
from automl.study.promotion.ranking import order, total_excess
from automl.study.proposals.costs import first_looks
from automl.study.proposals.distributions import distribution
from automl.study.proposals.encoding import Encoding
from automl.study.proposals.surrogate import fit
from automl.study.proposer import PORTFOLIO, Horizon

LEAST = 3
"""Results of the family that a study must have: of two nobody knows which is the rule."""
JUDGED_FROM = 4
"""First-rung results from which on a family can be called hopeless: the worse half of two is a coin."""
SEVERAL = 2
"""Results of its own from which on: one entry with a large batch says little at the first rung."""
LARGEST_SHARE, EARLY_SHARE = 0.25, 0.5
"""Of the seconds left, what the first rung of a family's further entry may take: one that comes after all
families, and one that the portfolio has before another family."""
_WORST = 3.0
"""Regrets are cut here: how bad a failure is must not decide."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """A configuration that is tried first.

    Attributes:
        configuration: whole.
        origin: ``portfolio`` or ``warm start``.
    """

    configuration: Mapping[str, Scalar]
    origin: str = PORTFOLIO


def starts_of(space: SearchSpace, gifts: Sequence[Gift]) -> tuple[Start, ...]:
    """Return what a study tries first: the best of earlier ones in turn, then the space's portfolio."""
    turns = chain.from_iterable(zip_longest(*(item.starts for item in gifts)))
    starts: list[Start] = []
    for configuration, origin in [
        *((entry, "warm start") for entry in turns if entry is not None),
        *((entry, PORTFOLIO) for entry in space.starts()),
    ]:
        if all(configuration != start.configuration for start in starts):
            starts.append(Start(configuration=configuration, origin=origin))
    return tuple(starts)


def greedy(regrets: np.ndarray, size: int) -> list[int]:
    """Return the configurations of a portfolio, in the order in which to try them.

    Args:
        regrets: ``(s, c)`` float64, smaller is better; what is not finite is the worst of all.
        size: entries at most; fewer where no further one helps any study.

    Returns:
        columns; of equally good ones the first.
    """
    finite = np.isfinite(regrets)
    costs = np.where(finite, regrets, regrets[finite].max() if finite.any() else 0.0)
    chosen: list[int] = []
    best = np.full(len(costs), np.inf)
    while len(chosen) < min(size, costs.shape[1]):
        means = np.minimum(best[:, None], costs).mean(axis=0)
        column = int(means.argmin())
        if chosen and means[column] >= best.mean():
            break
        chosen.append(column)
        best = np.minimum(best, costs[:, column])
    return chosen


def learned_portfolio(
    studies: Sequence[Earlier], space: SearchSpace, *, size: int
) -> tuple[dict[str, Scalar], ...]:
    """Learn a portfolio from finished studies.

    Args:
        studies: past ones, over this family alone or among others.
        space: of the family, whose short name ends the space's name.
        size: entries at most.

    Raises:
        ConfigError: a study has too few results of the family.
    """
    tried = [_tried(study, space) for study in studies]
    for study, own in zip(studies, tried, strict=True):
        _check_enough(study, own, space.name)
    known = {_key(entry): entry for own in tried for entry, _ in own}
    entries = list(known.values())
    searched = {
        item.name: distribution(item) for item in space.parameters if not isinstance(item, Constant)
    }
    encoding = Encoding({name: item for name, item in searched.items() if not item.single()})
    regrets = np.stack([_regrets(encoding, own, entries) for own in tried])
    return tuple(_readable(space, entries[column]) for column in greedy(regrets, size))


def next_start(
    starts: Sequence[Start],
    tried: Collection[int],
    records: Sequence[TrialRecord],
    horizon: Horizon,
    *,
    objectives: Sequence[Objective],
) -> int | None:
    """Return which configuration to try first now, None when none is left that pays.

    Each family gets one, in their order, unless less time is left than the first rung of the slowest known
    family took: that of an unknown one may take as long. Its further ones wait while the family is
    hopeless, which is when of several results at the first rung even its best is in the worse half of all,
    or while the first rung of one would take more than a quarter of the time left, half of it where it
    stands before another family. Once all families had one and the time is limited, the one that has had
    the least of it has its turn.

    Args:
        starts: in order.
        tried: positions of those that were begun.
        records: trials that are finished or paused.
        horizon: what is left of the budget.
        objectives: what is optimised.
    """
    if len(tried) >= len(starts):
        return None
    looked_at = {family_of(starts[place].configuration) for place in tried}
    hopeless = _hopeless(records, objectives)
    left = np.inf if horizon.seconds is None else horizon.seconds
    families = [family_of(start.configuration) for start in starts]
    last = max((place for place, family in enumerate(families) if family not in looked_at), default=-1)
    timed = ((family_of(record.configuration), record.seconds_to_first_rung) for record in records)
    looks = first_looks((family, seconds) for family, seconds in timed if family in looked_at)
    further: list[int] = []
    for place, family in enumerate(families):
        if place in tried:
            continue
        if family not in looked_at:
            if looks.fits(family, left):
                return place
            continue
        share = EARLY_SHARE if place < last else LARGEST_SHARE
        if family in hopeless or looks.seconds.get(family, 0.0) > share * left:
            continue
        if place < last:
            return place
        further.append(place)
    if horizon.seconds is None:
        return next(iter(further), None)
    spent = _seconds_spent(records)
    return min(further, key=lambda place: spent[family_of(starts[place].configuration)], default=None)


def _tried(study: Earlier, space: SearchSpace) -> list[tuple[dict[str, Scalar], float]]:
    """Configurations of the family as points of its space, and how they stand; of equal ones the best."""
    family = space.name.rpartition("/")[2]
    best: dict[tuple[object, ...], tuple[dict[str, Scalar], float]] = {}
    for item in study.results:
        entry = adapted(space, item.configuration)
        if item.configuration.get(FAMILY, family) != family or entry is None:
            continue
        whole = space.complete(entry)
        known = best.get(_key(whole))
        if known is None or item.standing < known[1]:
            best[_key(whole)] = (whole, item.standing)
    return list(best.values())


def _check_enough(study: Earlier, own: Sequence[object], family: str) -> None:
    if not own:
        raise ConfigError(f"{study.name!r} has no trial of {family}. Leave it out, or name another family.")
    if len(own) < LEAST:
        raise ConfigError(
            f"{study.name!r} has {len(own)} configurations of {family}; at least {LEAST} are needed to "
            "tell good from bad. Leave it out, or extend it with `automl resume --trials N`."
        )


def _key(entry: Mapping[str, Scalar]) -> tuple[object, ...]:
    return tuple(sorted(entry.items()))


def _regrets(
    encoding: Encoding,
    own: Sequence[tuple[dict[str, Scalar], float]],
    entries: Sequence[Mapping[str, Scalar]],
) -> np.ndarray:
    """Regret of each entry in one study ``(c,)``: as found where it was tried, else as predicted."""
    values = np.array([standing for _, standing in own])
    values = (values - values.mean()) / max(float(values.std()), 1e-9)
    process = fit(encoding.encode([entry for entry, _ in own]), encoding.nominal, values)
    expected = process.predict(encoding.encode(entries))[0]
    found = {_key(entry): value for (entry, _), value in zip(own, values, strict=True)}
    costs = np.array(
        [found.get(_key(entry), value) for entry, value in zip(entries, expected, strict=True)]
    )
    best, median = float(values.min()), float(np.median(values))
    return np.asarray(np.clip((costs - best) / max(median - best, 1e-9), 0.0, _WORST))


def _readable(space: SearchSpace, entry: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The entry without constants and defaults, its numbers with three digits where the space has such."""
    short: dict[str, Scalar] = {}
    for name, value in entry.items():
        parameter = space[name]
        if isinstance(parameter, Constant) or value == parameter.default:
            continue
        rounded = float(f"{value:.3g}") if isinstance(value, float) else value
        inside = isinstance(parameter, Float) and parameter.contains(rounded)
        short[name] = rounded if inside else value
    return space.refitted(short)


def _hopeless(records: Sequence[TrialRecord], objectives: Sequence[Objective]) -> set[str]:
    """Families with several first-rung results, none of them in the better half."""
    lost = tuple(float("nan") for _ in objectives)
    there = [record for record in records if record.rungs or record.scores or record.state == "failed"]
    if len(there) < JUDGED_FROM:
        return set()
    firsts = [record.rungs[0].scores if record.rungs else record.scores or lost for record in there]
    excess = [total_excess(record.constraints) for record in there]
    best_first = [family_of(there[place].configuration) for place in order(firsts, objectives, excess)]
    judged = {family for family, count in Counter(best_first).items() if count >= SEVERAL}
    return judged - set(best_first[: (len(there) + 1) // 2])


def _seconds_spent(records: Sequence[TrialRecord]) -> Mapping[str, float]:
    """Time of all trials, by family."""
    spent: defaultdict[str, float] = defaultdict(float)
    for record in records:
        spent[family_of(record.configuration)] += record.seconds
    return spent

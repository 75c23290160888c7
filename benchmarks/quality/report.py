"""The report: losses of searches and peers, ratios, ranks and wins, in Markdown."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.quality.run import Run
from benchmarks.quality.sets import GROUPS, LARGER, QualitySet, Scores

RANKED = ("linear", "mlp", "histgb", "lightgbm", "catboost")
"""Peers of tables among whom a search is ranked."""

SIMPLE = ("linear", "mlp")
"""Peers that no search should be worse than."""

WORSE = 1.02
"""From this ratio on it is."""

FLOOR = 1e-6
"""Losses below count as this in ratios: of such, no digit means anything."""

_NONE = "–"

LEGEND = """\
Smaller is better, but for accuracy. log-loss: nats. relative RMSE: divided by that of the training mean.
ratios: our loss over theirs, geometric means. best peer: the best of all peers of a set. rank: among
linear, mlp, histgb, lightgbm, catboost and the search. worse: sets on which the loss exceeds that of
the better of linear and mlp by over 2 %. ECE: 15 bins of equal width. seconds: of the command / its limit.
Peers are as recorded with the data; `here`: measured in this run, and counted where nothing is recorded."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A data set with what was reached on it, means over seeds.

    Attributes:
        item: the data set.
        searches: scores by side, of searches.
        runs: the runs of each side.
        peers: scores by peer, recorded ones first.
        here: scores by peer, as measured.
    """

    item: QualitySet
    searches: Mapping[str, Scores]
    runs: Mapping[str, Sequence[Run]]
    peers: Mapping[str, Scores]
    here: Mapping[str, Scores]

    def loss(self, scores: Scores) -> float:
        """The score that counts; NaN where it is not known."""
        return scores.get(self.item.measure, math.nan)

    def losses(self, names: Iterable[str]) -> list[float]:
        """Of the peers named that have one."""
        found = [self.loss(self.peers[name]) for name in names if name in self.peers]
        return [loss for loss in found if not math.isnan(loss)]

    def best(self) -> float:
        """Of all peers; NaN without any."""
        found = self.losses(self.peers)
        return (max if self.item.measure in LARGER else min)(found) if found else math.nan

    def ratio(self, side: str, other: float) -> float:
        """The loss of a search over another loss; of accuracies the difference."""
        own = self.loss(self.searches[side])
        if self.item.measure in LARGER:
            return own - other
        return max(own, FLOOR) / max(other, FLOOR)


def report(sets: Sequence[QualitySet], runs: Sequence[Run], sides: Sequence[str]) -> str:
    """Return all tables.

    Args:
        sets: the data sets, in order.
        runs: of these and perhaps of others; failed ones are named.
        sides: of searches, ours first.
    """
    rows = [row for row in (_row_of(item, runs, sides) for item in sets) if row.searches or row.peers]
    parts = []
    for group in GROUPS:
        own = [row for row in rows if row.item.group == group and row.searches]
        if own:
            parts += [_losses(group, own, sides)]
            parts += [
                _details(group, own, side) for side in sides if any(side in row.searches for row in own)
            ]
    tables = [row for row in rows if row.item.group == "tables"]
    parts += [_summary(tables, sides)] if any(row.searches for row in tables) else []
    parts += [
        f"failed: {run.name}, {run.side}, seed {run.seed}: {run.failed}" for run in runs if run.failed
    ]
    return "\n\n".join([*parts, LEGEND])


def ranks(row: Row, side: str) -> float:
    """The rank of a search among the peers in ``RANKED``, from 1; of equal losses the mean rank."""
    own, others = row.loss(row.searches[side]), row.losses(RANKED)
    better, same = sum(loss < own for loss in others), sum(loss == own for loss in others)
    return 1 + better + same / 2


def geometric_mean(ratios: Iterable[float]) -> float:
    """NaN values are left out; NaN of nothing."""
    known = [math.log(ratio) for ratio in ratios if not math.isnan(ratio)]
    return math.exp(statistics.fmean(known)) if known else math.nan


def _row_of(item: QualitySet, runs: Sequence[Run], sides: Sequence[str]) -> Row:
    own = [run for run in runs if run.name == item.name and not run.failed]
    by_side = {side: [run for run in own if run.side == side] for side in sides}
    by_side = {side: found for side, found in by_side.items() if found}
    peers = dict.fromkeys(run.side for run in own if run.limit == 0)
    here = {name: _mean([run.scores for run in own if run.side == name]) for name in peers}
    return Row(
        item=item,
        searches={side: _mean([run.scores for run in found]) for side, found in by_side.items()},
        runs=by_side,
        peers={**here, **item.recorded},
        here=here,
    )


def _mean(scores: Sequence[Scores]) -> dict[str, float]:
    return {name: statistics.fmean(row[name] for row in scores) for name in scores[0]}


def _losses(group: str, rows: Sequence[Row], sides: Sequence[str]) -> str:
    sides = [side for side in sides if any(side in row.searches for row in rows)]
    peers = list(dict.fromkeys(name for row in rows for name in row.peers))
    repeated = [
        name for name in peers if any(name in row.here and name in row.item.recorded for row in rows)
    ]
    lines = [[group, "measure", *sides, *peers, *(f"{name} here" for name in repeated)]]
    for row in rows:
        scores = [row.searches.get(side, {}) for side in sides]
        scores += [row.peers.get(name, {}) for name in peers] + [
            row.here.get(name, {}) for name in repeated
        ]
        lines.append([row.item.name, row.item.measure, *(_number(row.loss(one)) for one in scores)])
    return _table(lines)


def _details(group: str, rows: Sequence[Row], side: str) -> str:
    lines = [
        [
            f"{group}, {side}",
            "to catboost",
            "to best peer",
            "accuracy",
            "RMSE",
            "AUC",
            "ECE",
            "MB",
            "seconds",
        ]
    ]
    for row in [row for row in rows if side in row.searches]:
        scores, runs = row.searches[side], row.runs[side]
        to = [row.ratio(side, other) for other in (row.loss(row.peers.get("catboost", {})), row.best())]
        sizes = [float(str(run.found["bytes"])) for run in runs if "bytes" in run.found]
        lines.append(
            [
                row.item.name,
                *(_number(value) for value in to),
                *(_number(scores.get(name, math.nan)) for name in ("accuracy", "rmse", "roc_auc", "ece")),
                _number(statistics.fmean(sizes) / 1e6 if sizes else math.nan),
                f"{statistics.fmean(run.seconds for run in runs):.0f} / {runs[0].limit:.0f}",
            ]
        )
    told = [place for place in range(len(lines[0])) if any(line[place] != _NONE for line in lines[1:])]
    return _table([[line[place] for place in told] for line in lines])


def _summary(rows: Sequence[Row], sides: Sequence[str]) -> str:
    known = [side for side in sides if any(side in row.searches for row in rows)]
    return _table(
        [
            [f"{len(rows)} tables", *known],
            *([name, *(_cell(rows, side, value) for side in known)] for name, value in _FIGURES.items()),
            *([f"{known[0]} / {side}", *_compared(rows, known, side)] for side in known[1:]),
        ]
    )


def _cell(rows: Sequence[Row], side: str, value: Callable[[Sequence[Row], str], str]) -> str:
    own = [row for row in rows if side in row.searches]
    return value(own, side) if own else _NONE


def _to_catboost(rows: Sequence[Row], side: str) -> str:
    return _number(geometric_mean(row.ratio(side, row.loss(row.peers.get("catboost", {}))) for row in rows))


def _to_best(rows: Sequence[Row], side: str) -> str:
    return _number(geometric_mean(row.ratio(side, row.best()) for row in rows))


def _of_task(task: str) -> Callable[[Sequence[Row], str], str]:
    return lambda rows, side: _to_catboost([row for row in rows if row.item.task == task], side)


def _rank(rows: Sequence[Row], side: str) -> str:
    return f"{statistics.fmean(ranks(row, side) for row in rows):.2f}"


def _wins(rows: Sequence[Row], side: str) -> str:
    return f"{sum(ranks(row, side) == 1 for row in rows)} of {len(rows)}"


def _worse(rows: Sequence[Row], side: str) -> str:
    """How often, and where."""
    simple = {row.item.name: min(row.losses(SIMPLE), default=math.nan) for row in rows}
    names = [row.item.name for row in rows if row.ratio(side, simple[row.item.name]) > WORSE]
    return f"{len(names)} ({', '.join(names)})" if names else "0"


def _calibration(rows: Sequence[Row], side: str) -> str:
    """Mean ECE; that of CatBoost on the same sets where it was measured."""
    own = [row for row in rows if "ece" in row.searches[side]]
    both = [row for row in own if "ece" in row.here.get("catboost", {})]
    if not both:
        return _number(statistics.fmean(row.searches[side]["ece"] for row in own)) if own else _NONE
    mine, theirs = (
        statistics.fmean(scores["ece"] for scores in group)
        for group in ([row.searches[side] for row in both], [row.here["catboost"] for row in both])
    )
    return f"{_number(mine)} (catboost {_number(theirs)}, {len(both)} sets)"


def _seconds(rows: Sequence[Row], side: str) -> str:
    shares = [run.seconds / run.limit for row in rows for run in row.runs[side]]
    return f"{statistics.fmean(shares):.2f} (at most {max(shares):.2f})"


def _compared(rows: Sequence[Row], sides: Sequence[str], side: str) -> list[str]:
    both = [row for row in rows if {sides[0], side} <= row.searches.keys()]
    ratio = geometric_mean(row.ratio(sides[0], row.loss(row.searches[side])) for row in both)
    return [_number(ratio) if name == side else "" for name in sides]


_FIGURES: Mapping[str, Callable[[Sequence[Row], str], str]] = {
    "loss / catboost": _to_catboost,
    **{f"loss / catboost, {task}": _of_task(task) for task in ("binary", "multiclass", "regression")},
    "loss / best peer": _to_best,
    "mean rank of six": _rank,
    "wins": _wins,
    "worse than linear and mlp": _worse,
    "mean ECE": _calibration,
    "time taken / limit": _seconds,
}


def _table(lines: Sequence[Sequence[str]]) -> str:
    ruled = [lines[0], ["---"] * len(lines[0]), *lines[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in ruled)


def _number(value: float) -> str:
    return _NONE if math.isnan(value) else f"{value:.4f}" if abs(value) < 100 else f"{value:,.0f}"

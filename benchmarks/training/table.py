"""Tables of the training benchmark, in Markdown."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from benchmarks.training.record import Measurement
from benchmarks.training.rows import find_row

MARKS = (10, 20, 100)
"""Trials after which the time per trial is taken, and the last one."""

TITLES: Mapping[str, str] = {
    "fit": "Model.fit in a loop over random configurations",
    "kerastuner": "KerasTuner RandomSearch",
}
"""Opponents by name."""

LEGEND = """\
Medians of the rounds; a ratio is taken in each round, and the median of the ratios shown.
s/trial at N: wall time of the first N trials, over N. times: how many times as many trials per hour we do.
first epoch: mean over the trials. steady epoch: of one fixed configuration, after its first; ratio: ours to
theirs, below 1 we are quicker; every opponent trains by Model.fit. peak: largest resident size.
in steps, compiling: shares of our wall time. hits: our trials that found their compiled program."""
"""What the columns mean."""

Round: TypeAlias = tuple[Measurement, Measurement]
"""Our measurement and the opponent's, of the same row and round."""

_NONE = "–"


def times_table(opponent: str, rows: Mapping[str, Sequence[Round]]) -> str:
    """Return the table of one opponent.

    Args:
        opponent: its name.
        rows: the rounds of each row, by name; a row without rounds is left out.
    """
    measured = {name: rounds for name, rounds in rows.items() if rounds}
    marks = sorted({mark for rounds in measured.values() for mark in marks_of(rounds[0][0].job.trials)})
    lines = [_row(name, rounds, marks) for name, rounds in measured.items()]
    return "\n".join([f"Ours / {TITLES[opponent]}", "", *_headed(_header(marks)), *lines])


def memory_table(rows: Mapping[str, Sequence[Measurement]]) -> str:
    """Return the table of resident sizes, early and late in a search.

    Args:
        rows: our measurements of each row, by name, all of equally many trials.
    """
    late = max(len(item.resident) for measured in rows.values() for item in measured)
    early = max(late // 10, 1)
    header = ["structures", f"after trial {early}, MiB", f"after trial {late}, MiB", "ratio"]
    return "\n".join([*_headed(header), *(_memory_row(*row, early, late) for row in rows.items())])


def marks_of(trials: int) -> tuple[int, ...]:
    """Return the numbers of trials after which a search of so many is looked at."""
    return tuple(sorted({*(mark for mark in MARKS if mark <= trials), trials}))


def _header(marks: Iterable[int]) -> list[str]:
    per_trial = [text for mark in marks for text in (f"s/trial at {mark}", "times")]
    return [
        "row",
        "trials x epochs",
        *per_trial,
        "first epoch, s",
        "steady epoch, s",
        "ratio",
        "peak, MiB",
        "in steps",
        "compiling",
        "hits",
    ]


def _headed(header: Sequence[str]) -> list[str]:
    return [_line(header), _line(["---"] * len(header))]


def _row(name: str, rounds: Sequence[Round], marks: Iterable[int]) -> str:
    job = rounds[0][0].job
    own = marks_of(job.trials)
    per_trial = [cell for mark in marks for cell in _mark_cells(rounds, mark if mark in own else None)]
    return _line(
        [
            find_row(name).title,
            f"{job.trials} x {job.epochs}",
            *per_trial,
            _pair(rounds, lambda item: statistics.fmean(item.firsts), 3),
            _pair(rounds, lambda item: item.steady, 4),
            f"{_ratio(rounds, lambda item: item.steady):.2f}",
            _pair(rounds, lambda item: item.peak, 0),
            _share(rounds, "step_seconds"),
            _share(rounds, "compile_seconds"),
            _hits(rounds),
        ]
    )


def _mark_cells(rounds: Sequence[Round], mark: int | None) -> tuple[str, str]:
    if mark is None:
        return _NONE, _NONE
    times = 1 / _ratio(rounds, lambda item: item.per_trial(mark))
    return _pair(rounds, lambda item: item.per_trial(mark), 3), f"{times:.1f}"


def _pair(rounds: Sequence[Round], value: Callable[[Measurement], float], digits: int) -> str:
    medians = [statistics.median(value(item) for item in side) for side in zip(*rounds, strict=True)]
    return " / ".join(f"{number:.{digits}f}" for number in medians)


def _ratio(rounds: Sequence[Round], value: Callable[[Measurement], float]) -> float:
    """Ours to theirs."""
    return statistics.median(value(ours) / value(theirs) for ours, theirs in rounds)


def _share(rounds: Sequence[Round], fact: str) -> str:
    shares = [ours.share(fact) for ours, _ in rounds]
    return _NONE if any(math.isnan(share) for share in shares) else f"{statistics.median(shares):.0%}"


def _hits(rounds: Sequence[Round]) -> str:
    told = [[facts.get("program") for facts in ours.facts] for ours, _ in rounds]
    if not any(any(programs) for programs in told):
        return _NONE
    hits = statistics.median(programs.count("hit") for programs in told)
    return f"{hits:.0f} of {rounds[0][0].job.trials}"


def _memory_row(name: str, measured: Sequence[Measurement], early: int, late: int) -> str:
    sizes = [(item.resident[early - 1], item.resident[late - 1]) for item in measured]
    before, after = (statistics.median(side) for side in zip(*sizes, strict=True))
    ratio = statistics.median(grown / first for first, grown in sizes)
    return _line([find_row(name).title, f"{before:.0f}", f"{after:.0f}", f"{ratio:.2f}"])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"

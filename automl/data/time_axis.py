"""The axis that the times of a table lie on: kept in the schema, and back to text.

An axis counts *positions*, one for each step and alike for all series; where within a step a series has its
stamps is its *phase*.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from automl.data.time_cells import Form, Times
from automl.data.time_steps import DAY, Equal, Phase, Step, step_of
from automl.data.time_zones import localized, zone_of


@dataclass(frozen=True, kw_only=True)
class TimeAxis:
    """Times of one or many series, one step apart.

    Attributes:
        kind: ``rows`` where there is no time column, ``numbers`` or ``dates``.
        freq: pandas' frequency, as in ``Step.freq``; empty for rows.
        form: how the times are written.
        clock: ``wall`` where steps follow the clock on the wall (days, months), ``elapsed`` where they
            are equal in UTC (hours, over a change to summer time).
        phases: the different phases of the series.
        phase_of: place in ``phases`` by series, where it is not the first.
    """

    kind: Literal["rows", "numbers", "dates"]
    freq: str = ""
    form: Form = field(default_factory=lambda: Form(name="number"))
    clock: Literal["wall", "elapsed"] = "wall"
    phases: tuple[Phase, ...] = ()
    phase_of: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def step(self) -> Step:
        """What lies between two positions."""
        return step_of(self.freq or "1", dates=self.kind == "dates")

    @property
    def season(self) -> int:
        """Steps of one season, 1 where none is known."""
        return 1 if self.kind == "rows" else self.step.season

    def stamps(self, times: Times) -> np.ndarray:
        """Stamps ``(n,)`` float64 of times, by the axis' clock."""
        return times.wall if self.clock == "wall" else times.elapsed

    def positions(self, stamps: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """Places ``(n,)`` int64 of stamps of the series ``ids (n,)``."""
        places = np.empty(len(stamps), np.int64)
        for phase, rows in self._by_phase(ids):
            places[rows] = self.step.positions(stamps[rows], phase)
        return places

    def off(self, stamps: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """Whether each stamp ``(n,)`` stands between two steps."""
        away = np.empty(len(stamps), bool)
        slack = 1e-6 * self.step.size if isinstance(self.step, Equal) else 0.0
        for phase, rows in self._by_phase(ids):
            back = self.step.stamps(self.step.positions(stamps[rows], phase), phase)
            away[rows] = np.abs(back - stamps[rows]) > slack
        return away

    def with_phases(self, stamps: np.ndarray, ids: np.ndarray, known: Collection[str] = ()) -> TimeAxis:
        """The axis with the phases of further series, as told by their stamps; ``known`` keep theirs."""
        phases = dict.fromkeys(self.phases)
        found = {}
        for name, rows in pd.Series(np.arange(len(ids))).groupby(ids, sort=False).indices.items():
            if name not in known:
                found[str(name)] = self.step.phase(stamps[rows])
                phases.setdefault(found[str(name)])
        place = {phase: number for number, phase in enumerate(phases)}
        other = {name: place[phase] for name, phase in found.items() if place[phase]}
        return replace(self, phases=tuple(phases), phase_of={**self.phase_of, **other})

    def labels(self, positions: np.ndarray, names: np.ndarray) -> np.ndarray:
        """Times as text of positions ``(n, h)`` of the series ``names (n,)``, in the same shape.

        Dates are ISO 8601, with the offset where a zone is known, else without a time of day where it is
        always midnight; months, quarters and weeks stay what they were.
        """
        if self.kind == "rows":
            return np.asarray(positions.astype(str).astype(object))
        stamps = self._stamps_of(positions, names)
        texts = (
            _numbers(stamps, float(self.freq))
            if self.kind == "numbers"
            else self._texts(self._instants(stamps))
        )
        return np.array(texts, object).reshape(positions.shape)

    def instants(self, positions: np.ndarray, names: np.ndarray) -> np.ndarray:
        """As ``labels``, of dates as datetime64, or as Timestamps where a zone is known."""
        index = self._instants(self._stamps_of(positions, names))
        plain = index.to_numpy("datetime64[us]") if index.tz is None else index.to_numpy(object)
        return np.asarray(plain.reshape(positions.shape))

    def plain(self) -> dict[str, Any]:
        """The axis as JSON."""
        return asdict(self)

    def _by_phase(self, ids: np.ndarray) -> list[tuple[Phase, np.ndarray]]:
        codes, names = pd.factorize(ids)
        owners = np.array([self.phase_of.get(str(name), 0) for name in names], np.int64)[codes]
        return [(self.phases[place], np.flatnonzero(owners == place)) for place in np.unique(owners)]

    def _stamps_of(self, positions: np.ndarray, names: np.ndarray) -> np.ndarray:
        """Stamps ``(n * h,)`` of positions ``(n, h)`` of the series ``names (n,)``."""
        stamps = np.empty(positions.shape, np.float64)
        for phase, rows in self._by_phase(names):
            flat = self.step.stamps(positions[rows].reshape(-1), phase)
            stamps[rows] = flat.reshape(-1, *positions.shape[1:])
        return stamps.reshape(-1)

    def _instants(self, stamps: np.ndarray) -> pd.DatetimeIndex:
        step = self.step
        if isinstance(step, Equal) and step.size > 2 * DAY and step.size % DAY:
            # irregular days, such as the 1st and the 15th, have a mean step with a time of day
            stamps = np.rint(stamps / DAY) * DAY
        index = pd.DatetimeIndex(np.rint(stamps).astype("datetime64[us]"))
        zone = self.form.zone
        if not zone:
            return index
        if self.clock == "elapsed":
            return index.tz_localize("UTC").tz_convert(zone_of(zone))
        return localized(index, zone)

    def _texts(self, index: pd.DatetimeIndex) -> list[str]:
        return _plain_dates(index, self.form.name) if index.tz is None else [str(time) for time in index]


@dataclass(frozen=True, eq=False)
class FirstTimes:
    """A read-only array ``(n,)`` of times as text, of very many windows: each is told when asked for.

    Args:
        axis: of the series.
        positions: of each window's first forecast step ``(n,) int64``.
        names: series of each window ``(n,)``.
    """

    axis: TimeAxis
    positions: np.ndarray
    names: np.ndarray
    ndim = 1

    def __len__(self) -> int:
        return len(self.positions)

    def __getitem__(self, index: Any) -> Any:
        if np.ndim(index) or isinstance(index, slice):
            return FirstTimes(self.axis, self.positions[index], self.names[index])
        return np.asarray(self[index : index + 1])[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """All of them, made."""
        return np.asarray(self.axis.labels(self.positions[:, None], self.names)[:, 0], dtype)


def restore_axis(plain: Mapping[str, Any]) -> TimeAxis:
    """An axis from JSON."""
    return TimeAxis(
        **{
            **plain,
            "form": Form(**plain["form"]),
            "phases": tuple(Phase(**phase) for phase in plain["phases"]),
        }
    )


def _numbers(values: np.ndarray, step: float) -> list[str]:
    """Numbers to a millionth of the step: 0.3, not 0.30000000000000004."""
    values = np.round(values, max(0, 6 - int(np.floor(np.log10(step)))))
    whole = bool(np.all(values == np.rint(values)))
    return [str(int(value)) if whole else repr(float(value)) for value in values]


def _plain_dates(index: pd.DatetimeIndex, form: str) -> list[str]:
    """Times without a zone: as precise as they need to be."""
    if form == "quarter":
        return [f"{day.year}Q{day.quarter}" for day in index]
    if form == "week":
        return list(index.strftime("%G-W%V"))
    if "%" in form and "%d" not in form:
        return list(index.strftime("%Y-%m" if "%m" in form or "%b" in form or "%B" in form else "%Y"))
    days = bool((index == index.normalize()).all())
    return [str(time) for time in (index.strftime("%Y-%m-%d") if days else index)]

"""What a search has used: time, and electricity as far as that can be told without a meter.

Lannelongue, Grealey and Inouye, "Green Algorithms: quantifying the carbon footprint of computation", 2021,
add up the power of processors and memory over the time. Nothing is measured here, so everything is taken to
be busy throughout, which a search nearly is.
"""

from __future__ import annotations

from dataclasses import dataclass

from automl.core.figures import rounded

CORE_WATTS, GPU_WATTS, GIGABYTE_WATTS = 10.0, 300.0, 0.3725
"""Of a core of a server (some 5 to 15), of a GPU for training (some 200 to 700), and of memory (Lannelongue
et al., 2021)."""

GRAMS_PER_KWH = 455.0
"""Of CO2: the mean of the world's electricity in 2023 (IEA, "Electricity 2024")."""

LEAST_KWH = 0.01
"""Kilowatt hours that are told as such; less is told in watt hours."""


@dataclass(frozen=True, kw_only=True)
class Used:
    """What a search has used.

    Attributes:
        seconds: of wall time.
        cores: of the processor that it may use.
        gpus: that it may use.
        gigabytes: of memory that it may use.
    """

    seconds: float
    cores: int
    gpus: int
    gigabytes: float

    @property
    def watts(self) -> float:
        """Power that is assumed."""
        return CORE_WATTS * self.cores + GPU_WATTS * self.gpus + GIGABYTE_WATTS * self.gigabytes

    @property
    def kilowatt_hours(self) -> float:
        """Electricity, estimated."""
        return self.watts * self.seconds / 3.6e6

    @property
    def grams(self) -> float:
        """CO2, estimated."""
        return GRAMS_PER_KWH * self.kilowatt_hours

    @property
    def told(self) -> str:
        """Both, with what they rest on."""
        processors = f"{self.cores} core{'s' if self.cores != 1 else ''} of {CORE_WATTS:g} W"
        if self.gpus:
            processors += f", {self.gpus} GPU{'s' if self.gpus != 1 else ''} of {GPU_WATTS:g} W"
        power = self.kilowatt_hours
        told, unit = (power, "kWh") if power >= LEAST_KWH else (1000 * power, "Wh")
        return (
            f"about {_short(told, 2)} {unit} and {_short(self.grams, 2)} g of CO2: not measured, but "
            f"{_short(self.seconds, 3)} s of {processors} and {self.gigabytes:.0f} GB of memory, "
            f"all busy, at {GRAMS_PER_KWH:g} g per kWh"
        )


def _short(value: float, digits: int) -> str:
    return f"{float(rounded(value, digits) or 0):g}"

"""The winner of a search: trials whose models are joined into one, each with its weight."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from automl.core.errors import ConfigError

TOLERANCE = 1e-6
"""By how much the weights of all members may miss 1."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A trial whose model is part of the winner.

    Attributes:
        trial: its number.
        weight: what its predictions count for, above 0 and at most 1.
    """

    trial: int
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Winner:
    """What a search ends with: one model, which may be joined from several trials.

    Attributes:
        members: different trials, whose weights sum to 1.

    Raises:
        ConfigError: they are none of these.
    """

    members: tuple[Member, ...]

    def __post_init__(self) -> None:
        weights = [member.weight for member in self.members]
        if not weights or not all(weight > 0 for weight in weights) or abs(sum(weights) - 1) > TOLERANCE:
            raise ConfigError(f"members: expected weights above 0 that sum to 1, got {weights}.")
        if len(self.weights) < len(self.members):
            trials = [member.trial for member in self.members]
            raise ConfigError(f"members: expected each trial once, got {trials}.")

    @property
    def weights(self) -> dict[int, float]:
        """Weights by the numbers of the trials."""
        return {member.trial: member.weight for member in self.members}


def sole_winner(trial: int) -> Winner:
    """Return the winner that is the model of one trial."""
    return Winner(members=(Member(trial=trial),))


def joined_winner(weights: Mapping[int, float]) -> Winner:
    """Return the winner that joins trials, the heaviest first.

    Args:
        weights: by the numbers of the trials, in any unit; those of 0 are left out.

    Raises:
        ConfigError: a weight is negative or not finite, or all are 0.
    """
    total = sum(weights.values())
    if not math.isfinite(total) or total <= 0 or min(weights.values()) < 0:
        raise ConfigError(f"members: expected weights of at least 0, and one above, got {dict(weights)}.")
    heaviest = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return Winner(
        members=tuple(Member(trial=trial, weight=part / total) for trial, part in heaviest if part)
    )


def winner_to_json(winner: Winner) -> list[dict[str, Any]]:
    """Return the members as plain JSON."""
    return [asdict(member) for member in winner.members]


def winner_from_json(members: Sequence[Mapping[str, Any]]) -> Winner:
    """Return what ``winner_to_json`` was given.

    Raises:
        KeyError, TypeError, ValueError, ConfigError: it is something else.
    """
    return Winner(
        members=tuple(Member(trial=int(item["trial"]), weight=float(item["weight"])) for item in members)
    )

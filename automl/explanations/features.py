"""What can be permuted among examples: raw inputs, and channels of a series.

Symbols: n examples, t steps, c channels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from automl.explanations.groups import groups_of


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One of them.

    Attributes:
        label: what users call it.
        input: name of the raw input.
        channel: of a series, else None.
    """

    label: str
    input: str
    channel: int | None = None


def features_of(
    inputs: Mapping[str, np.ndarray], labels: Mapping[str, str], channels: Sequence[str]
) -> list[Feature]:
    """Return what can be permuted of raw inputs.

    Args:
        inputs: arrays by name, first axis n.
        labels: what users call inputs; by default their names.
        channels: what they call the channels of a series; by default numbers.
    """
    found = []
    for name, values in inputs.items():
        label = labels.get(name, name)
        if len(values.shape) != 3 or values.shape[-1] < 2:
            found.append(Feature(label=label, input=name))
            continue
        count = values.shape[-1]
        known = channels if len(channels) == count else [f"{label} {place}" for place in range(count)]
        found += [Feature(label=known[place], input=name, channel=place) for place in range(count)]
    return found


def feature_groups(
    features: Sequence[Feature], inputs: Mapping[str, np.ndarray]
) -> list[tuple[Feature, ...]]:
    """Return features in groups of those that go together; what is no plain column is alone."""
    plain = {str(at): _column(item, inputs) for at, item in enumerate(features)}
    columns = {name: values for name, values in plain.items() if values is not None}
    together = {group[0]: group for group in groups_of(columns)}
    inner = {name for group in together.values() for name in group[1:]}
    return [
        tuple(features[int(name)] for name in together.get(first, (first,)))
        for first in plain
        if first not in inner
    ]


def permuted(
    inputs: Mapping[str, np.ndarray], group: Sequence[Feature], order: np.ndarray
) -> dict[str, np.ndarray]:
    """Return inputs in which some features are those of other examples.

    Args:
        inputs: arrays by name.
        group: permuted together.
        order: position of the example whose values each one gets ``(n,)``.
    """
    changed = dict(inputs)
    for item in group:
        if item.channel is None:
            changed[item.input] = inputs[item.input][order]
            continue
        values = changed[item.input].copy()
        values[:, :, item.channel] = inputs[item.input][order][:, :, item.channel]
        changed[item.input] = values
    return changed


def _column(item: Feature, inputs: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """One value for each example ``(n,)``: of a channel its last step; None where there is none."""
    values = inputs[item.input]
    if item.channel is not None:
        return np.asarray(values[:, -1, item.channel])
    return values if values.ndim == 1 else None

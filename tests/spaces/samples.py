"""A search space that uses the whole language, for the tests of spaces and studies."""

from __future__ import annotations

from automl.spaces.parsing import parse_space
from automl.spaces.space import SearchSpace

TEXT = """\
name: tabular/mlp
epochs: 20
parameters:
  width: {type: integer, low: 16, high: 256, log: true, default: 64}
  depth: {type: integer, low: 1, high: 4, default: 2}
  dropout: {type: float, low: 0.0, high: 0.5, step: 0.1, default: 0.2}
  learning_rate: {type: float, low: 1e-4, high: 1e-1, log: true, default: 1e-3}
  optimizer: {type: choice, values: [adamw, sgd, null], default: adamw}
  momentum: {type: float, low: 0.5, high: 0.99, default: 0.9, when: {optimizer: sgd}}
  nesterov: {type: boolean, default: true, when: {momentum: {low: 0.7, high: 0.99}, optimizer: [sgd, null]}}
  tail: {type: float, low: 0, high: 1, when: {depth: {low: 2, high: 4}}}
  activation: {type: constant, value: relu}
  smoothing: {type: float, low: 0.0, high: 0.2, default: 0.0, tasks: [binary, multiclass]}
portfolio:
  - {width: 128, depth: 3, learning_rate: 2e-3}
  - {depth: 1, optimizer: sgd, momentum: 0.6}
"""


def sample_space() -> SearchSpace:
    """The space of ``TEXT``."""
    return parse_space(TEXT, source="mlp.yaml", name="mlp")

"""Failures: one short line that says what kind of failure it was."""

from __future__ import annotations

import pytest

from automl.training.failures import TooSlowError, failure_reason


class ResourceExhaustedError(Exception):
    """Called like TensorFlow's error of a full device."""


KERAS = """Exception encountered when calling Sequential.call().

\x1b[1mInput 0 of layer 'dense' is incompatible: got (None, 6)\x1b[0m

Arguments received by Sequential.call():
  • inputs=tf.Tensor(shape=(None, 6), dtype=float32)
  • training=True"""
"""As Keras 3.15 says it."""


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError(), "out of memory"),
        (ResourceExhaustedError("OOM when allocating"), "out of memory: OOM when allocating"),
        (RuntimeError("RESOURCE_EXHAUSTED: 4 GiB"), "out of memory: RESOURCE_EXHAUSTED: 4 GiB"),
        (TooSlowError("one step takes 9 s"), "too slow: one step takes 9 s"),
        (FloatingPointError("overflow"), "not a number: overflow"),
        (ValueError("loss is NaN here"), "not a number: loss is NaN here"),
        (ValueError("width\n  is wrong"), "ValueError: width is wrong"),
        (KeyError(), "KeyError"),
        (ValueError(KERAS), "ValueError: Input 0 of layer 'dense' is incompatible: got (None, 6)"),
        (ValueError("\x1b[1mred\x1b[0m"), "ValueError: red"),
    ],
)
def test_reasons(error: Exception, reason: str) -> None:
    assert failure_reason(error) == reason


def test_a_failure_behind_another_is_seen() -> None:
    error = RuntimeError("step failed")
    error.__cause__ = MemoryError()

    assert failure_reason(error) == "out of memory: step failed"


def test_long_messages_are_cut() -> None:
    assert len(failure_reason(ValueError("x" * 5000))) < 240

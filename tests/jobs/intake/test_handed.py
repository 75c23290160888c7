"""Data in memory that a worker process can have a copy of."""

from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest

from automl.jobs.intake import handed
from automl.jobs.intake.handed import obstacle_to_hand


class Money(float):
    """A class that another process does not know."""


class Frame(pd.DataFrame):
    """The same."""


PLAIN = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None]})


@pytest.mark.parametrize(
    "data",
    [
        None,
        PLAIN,
        PLAIN["b"],
        PLAIN.astype({"b": "category"}),
        PLAIN.assign(b=PLAIN["b"].astype(object), c=[Decimal(1), datetime.date(2026, 1, 1)]),
        pl.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
        np.zeros((3, 2)),
        (np.array(["a", "b"], dtype=object), np.zeros(2)),
        (PLAIN, PLAIN["a"]),
    ],
)
def test_frames_and_arrays_can_be_handed(data):
    assert obstacle_to_hand(data) == ""


@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame({"a": [Money(1), 2.0]}, dtype=object),
        Frame({"a": [1.0]}),
        (np.array([Money(1)], dtype=object), np.zeros(1)),
        ([1.0, 2.0], np.zeros(2)),
    ],
)
def test_classes_of_the_user_cannot(data):
    assert "do not know" in obstacle_to_hand(data)


@pytest.mark.parametrize("data", [np.zeros((1000, 8)), pd.DataFrame(np.zeros((1000, 8)))])
def test_what_two_processes_cannot_hold_is_not_handed(monkeypatch, data):
    monkeypatch.setattr(handed, "host_memory", lambda: 10 * 64_000 - 1)
    assert "too large" in obstacle_to_hand(data)

    monkeypatch.setattr(handed, "host_memory", lambda: 10 * 64_000)
    assert obstacle_to_hand(data) == ""

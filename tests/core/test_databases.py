"""Drivers are told to give up a data base that lets nobody in, each by the name that it has for that."""

from __future__ import annotations

import pytest

from automl.core.databases import CONNECT_SECONDS, connecting


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql+psycopg://me@host/runs", {"connect_timeout": CONNECT_SECONDS}),
        ("mysql+pymysql://me@host/runs", {"connect_timeout": CONNECT_SECONDS}),
        ("postgresql://me@host/runs?connect_timeout=60", {}),
        ("postgresql+pg8000://me@host/runs", {}),
        ("sqlite:///runs.db", {}),
    ],
)
def test_a_driver_is_told_how_long_to_wait_unless_the_address_says_so(
    url: str, told: dict[str, int]
) -> None:
    assert connecting(url) == told

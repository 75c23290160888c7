"""How much is kept from a search, as users write it."""

from __future__ import annotations

import pytest

from automl.core.errors import ConfigError
from automl.core.holdout import holdout_of, parse_holdout


@pytest.mark.parametrize(
    ("given", "text", "share"),
    [("10%", "0.1", 0.1), (0.1, "0.1", 0.1), (0, "0", 0.0), ("0%", "0", 0.0), ("2/5", "2/5", 0.2)],
)
def test_shares_and_parts_are_read_and_stay_what_they_are(given, text, share):
    assert parse_holdout(given) == text
    assert parse_holdout(text) == text
    assert holdout_of(given).share == pytest.approx(share)


@pytest.mark.parametrize("given", ["60%", "-1", "0/5", "6/5", "1/1", "time", ""])
def test_what_leaves_too_little_or_means_nothing_is_refused(given):
    with pytest.raises(ConfigError, match="holdout: expected a share of the data such as 10%"):
        parse_holdout(given)

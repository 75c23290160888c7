"""Times and sizes as users write them."""

from __future__ import annotations

import pytest

from automl.core.amounts import parse_share, parse_size, parse_time, plain_number
from automl.core.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("1.5h", 5400), (30, 30), ("2", 2)]
)
def test_times_are_read(text, seconds):
    assert parse_time(text) == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [("4GB", 4 * 10**9), ("512MiB", 512 * 2**20), ("2k", 2000), (77, 77), ("1.5 gb", 15 * 10**8)],
)
def test_sizes_are_read(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("value", "told"),
    [(206_855.8, "206856"), (-1_234_567.0, "-1234567"), (0.977531, "0.97753"), (1e-7, "1e-07")],
)
def test_numbers_keep_what_stands_before_their_point(value, told):
    assert plain_number(value) == told


@pytest.mark.parametrize("value", [1e20, float("nan"), float("inf")])
def test_what_is_no_number_of_everyday_is_told_as_it_is(value):
    assert plain_number(value) == f"{value:g}"


@pytest.mark.parametrize(("text", "share"), [(0.9, 0.9), ("90%", 0.9), (" .5 ", 0.5), ("99.5%", 0.995)])
def test_shares_are_read(text, share):
    assert parse_share(text) == pytest.approx(share)


@pytest.mark.parametrize("text", [0, 1, 90, "100%", "most", "-0.5"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(ConfigError, match="coverage: expected a share above 0 and below 1"):
        parse_share(text)


@pytest.mark.parametrize(
    ("parse", "text"), [(parse_time, "soon"), (parse_size, "much"), (parse_size, "9" * 40)]
)
def test_what_is_no_amount_is_refused(parse, text):
    with pytest.raises(ConfigError, match=r"time: expected|memory"):
        parse(text)

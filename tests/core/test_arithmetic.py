from __future__ import annotations

import pytest

from automl.core.arithmetic import in_32_bits, widest_float


def test_the_width_is_that_of_64_bits_but_within_the_block():
    assert widest_float() == "float64"
    with in_32_bits():
        assert widest_float() == "float32"
    assert widest_float() == "float64"


def test_the_width_comes_back_after_an_error():
    with pytest.raises(ValueError, match="traced"), in_32_bits():
        raise ValueError("traced")

    assert widest_float() == "float64"

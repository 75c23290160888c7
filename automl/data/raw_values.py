"""What raw arrays hold: the marks and limits that reading and preprocessing share."""

NO_DATE = -(2**63)
"""Raw value of a missing date, as NumPy stores one."""

LARGEST = 1e150
"""Numbers beyond it (inf, 1e308) count as missing: their squares overflow."""

MAX_CATEGORIES = 10_000
"""Categories of one column that are told apart, the most frequent ones."""

NOISE = 16 * 2.0**-52
"""Variation, as a share of a column's largest number, that is rounding of float64 and no signal;
whole numbers have none."""

BAD_SHARE = 0.05
"""A column is of numbers when at most this share of its cells is neither a number nor missing."""

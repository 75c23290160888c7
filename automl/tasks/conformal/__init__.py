"""Conformal prediction: intervals and sets that hold the truth at a chosen rate."""

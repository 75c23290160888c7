"""Networks of sines for tables."""

"""Necks: what stands between a family's features and those that a task needs."""

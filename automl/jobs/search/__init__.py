"""The search: its loop, its time, its workers, its interruption."""

"""What training costs on this machine, as far as it can be told before anything is trained."""

from __future__ import annotations

import os

from automl.data.modality import Handling
from automl.training.accelerator import named_accelerator


def seconds_per_pass(handling: Handling, rows: int) -> float:
    """Return about how long a network trains on so many examples once; 0 where that is next to nothing.

    So it is taken to be on accelerators, whose speed nobody knows beforehand.
    """
    if not handling.example_seconds or named_accelerator():
        return 0.0
    return handling.example_seconds * rows / (os.cpu_count() or 1)

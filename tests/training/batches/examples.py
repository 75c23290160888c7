"""What the tests of batches deal with."""

from __future__ import annotations

import numpy as np

from automl.training.batches.transforms.transform import BatchTransform
from automl.training.engine import Candidate, TrainingOptions

X = np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32)
Y = X.sum(axis=1, keepdims=True)
TARGETS = {"target": Y}


def candidate(*transforms: BatchTransform, **options: object) -> Candidate:
    chosen = TrainingOptions(**{"batch_size": 16, **options})  # type: ignore[arg-type]
    return Candidate(model=None, loss=None, options=chosen, epochs=2, seed=3, transforms=transforms)  # type: ignore[arg-type]

"""Who gets which parameter of a configuration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from automl.core.errors import SpaceError
from automl.jobs.assembly import Dealt, deal, structure
from automl.models.catalog import FAMILIES
from automl.tasks.catalog import fit_task
from automl.training.batches.transforms.mixup import Mixup


def dealt(**configuration: Any) -> Dealt:
    labels = {"target": np.array(["a", "b", "c"] * 4, dtype=object)}
    task = fit_task("multiclass", labels, names=("label",), facts={})
    return deal(FAMILIES["image/cnn"], task, configuration)


def test_family_task_training_and_transforms_get_what_is_theirs() -> None:
    given = dealt(flip="horizontal", label_smoothing=0.1, learning_rate=0.02, mixup=0.4)

    assert given.family_options.flip == "horizontal"
    assert given.task_options.label_smoothing == 0.1
    assert given.training.learning_rate == 0.02
    assert given.transforms == (Mixup(mixup=0.4),)


def test_a_transform_that_changes_nothing_is_left_out() -> None:
    assert dealt(mixup=0.0).transforms == dealt().transforms == ()


def test_a_parameter_of_nobody_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(SpaceError, match=r"no parameter 'mixap'\. Did you mean 'mixup'"):
        dealt(mixap=0.1)


def test_the_structure_of_a_configuration_is_all_but_its_dials() -> None:
    task = fit_task("binary", {"target": np.array(["a", "b"])}, names=("y",), facts={})
    shape = {"width": 32, "optimizer": "adamw", "frequency_scale": 0.1, "label_smoothing": 0.0}
    dials = {"dropout": 0.1, "learning_rate": 0.01, "weight_decay": 0.1}

    assert structure(FAMILIES["tabular/mlp"], task, {**shape, **dials}) == shape

"""The catalog of tasks: which one targets ask for, and tasks of other packages beside our own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from automl.core.errors import ConfigError
from automl.core.extensions import TASK_GROUP
from automl.tasks.catalog import TASKS, gives_probabilities, head_names, known_metrics, task_of
from automl.tasks.declaration import AMOUNT, FLAGS, LABEL, STEPS, TargetFacts
from automl.tasks.objectives import parse_objective

TOY = """
from automl.metrics.metric import Metric
from automl.tasks.declaration import TaskDeclaration

TASK = TaskDeclaration(
    name="counting",
    words="counting of things",
    module="toy.nowhere",
    metrics=(Metric(name="miscounts", direction="minimize", tie_breaker=1),),
    targets="count",
    heads=("counts",),
)
"""


@pytest.mark.parametrize(
    ("facts", "task"),
    [
        (TargetFacts(kind=LABEL, classes=2), "binary"),
        (TargetFacts(kind=LABEL, classes=3), "multiclass"),
        (TargetFacts(kind=FLAGS), "multilabel"),
        (TargetFacts(kind=AMOUNT), "regression"),
        (TargetFacts(kind=STEPS), "forecasting"),
    ],
)
def test_targets_ask_for_a_task(facts, task):
    assert task_of(facts) == task


def test_each_target_says_whether_it_has_probabilities():
    joint = {"kind": "joint", "parts": {"sold": {"kind": "binary"}, "price": {"kind": "regression"}}}

    assert gives_probabilities(joint, "sold")
    assert not gives_probabilities(joint, "price")
    assert gives_probabilities({"kind": "multilabel"}, "target")


def test_targets_of_a_kind_that_no_task_takes_are_told():
    with pytest.raises(ValueError, match="'odours'"):
        task_of(TargetFacts(kind="odours"))


def test_a_task_of_another_package_brings_targets_metrics_and_heads(install):
    install("automl-toy", {TASK_GROUP: {"counting": "toy:TASK"}}, {"toy.py": TOY})

    assert task_of(TargetFacts(kind="count")) == "counting"
    assert parse_objective("val_miscounts").direction == "minimize"
    assert head_names() == [
        "logits",
        "standardised",
        "token_logits",
        "heat",
        "sides",
        "embedding",
        "cosines",
        "character_scores",
        "temperature",
        "counts",
    ]


def test_a_broken_task_of_another_package_is_told_when_it_is_asked_for_only(install):
    install("automl-toy", {TASK_GROUP: {"counting": "toy:ABSENT"}}, {"toy.py": TOY})

    assert "accuracy" in known_metrics()
    with pytest.raises(ConfigError, match="automl-toy"):
        TASKS["counting"]


def test_declarations_load_no_framework_and_no_arrays():
    code = (
        "import sys; from automl.tasks.catalog import declarations; list(declarations());"
        "sys.exit(not {'numpy', 'keras', 'tensorflow', 'jax'}.isdisjoint(sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

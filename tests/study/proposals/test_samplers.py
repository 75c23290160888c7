from __future__ import annotations

import subprocess
import sys

import pytest

from automl.core.errors import ConfigError, MissingDependencyError
from automl.study.optuna.pruners import PRUNERS, build_pruner, reads_reports
from automl.study.proposals.samplers import SAMPLERS, build_sampler, check_sampler


def test_the_names_are_those_promised():
    assert set(SAMPLERS) == {"rungs", "tpe", "gp", "cmaes", "random", "qmc", "grid", "nsga2"}
    assert set(PRUNERS) == {"rungs", "pasha", "none", "median", "successive-halving", "hyperband"}


def test_names_are_checked_without_loading_optuna():
    code = (
        "import sys, automl.study.proposals.samplers, automl.study.optuna.pruners, automl.spaces.loading\n"
        "assert not {'optuna', 'numpy', 'keras', 'yaml'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_sampler_is_refused_with_the_nearest():
    with pytest.raises(ConfigError, match=r"Unknown sampler 'tpr'\. Did you mean 'tpe'"):
        check_sampler("tpr")


def test_cmaes_takes_one_objective():
    with pytest.raises(ConfigError, match="'cmaes' takes one objective"):
        check_sampler("cmaes", objectives=2)


def test_gp_without_torch_is_explained_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(
        MissingDependencyError, match=r"torch is needed for the sampler gp.*automl-keras\[gp\]"
    ):
        build_sampler("gp", seed=0, number=0)


@pytest.mark.parametrize("name", PRUNERS)
@pytest.mark.parametrize("epochs", [1, 40])
def test_every_pruner_is_built_for_short_and_long_trials(name, epochs):
    assert build_pruner(name, epochs) is not None


@pytest.mark.parametrize(
    ("sampler", "pruner", "every"),
    [
        ("rungs", "rungs", False),
        ("rungs", "pasha", False),
        ("tpe", "none", False),
        ("rungs", "none", True),
        ("tpe", "median", True),
    ],
)
def test_every_epoch_is_wanted_by_pruners_and_by_a_sampler_of_rungs_that_has_none(sampler, pruner, every):
    assert reads_reports(sampler, pruner) is every

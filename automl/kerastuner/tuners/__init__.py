"""Tuners by algorithm."""

from automl.kerastuner.tuners.bayesian import BayesianOptimization
from automl.kerastuner.tuners.gridsearch import GridSearch
from automl.kerastuner.tuners.hyperband import Hyperband
from automl.kerastuner.tuners.randomsearch import RandomSearch
from automl.kerastuner.tuners.sklearn_tuner import SklearnTuner

__all__ = ["BayesianOptimization", "GridSearch", "Hyperband", "RandomSearch", "SklearnTuner"]

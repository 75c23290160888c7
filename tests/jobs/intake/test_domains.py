"""Values that no parameter and no option can have are refused in words, before anything is read."""

from __future__ import annotations

import pytest

from automl.core.errors import ConfigError, SpaceError
from automl.core.job_names import name_of
from automl.jobs.config import JobConfig, config_from
from automl.jobs.intake.settings import check_settings


@pytest.mark.parametrize(
    "setting",
    [
        "batch_size=-5",
        "batch_size=2.5",
        "batch_size=[32,0]",
        "batch_size=many",
        "learning_rate=nan",
        "learning_rate=0",
        "learning_rate=inf",
        "learning_rate=1e-3..nan",
        "dropout=2",
        "balance=1",
        "dropout=[0,2]",
        "mlp.dropout=-0.1",
        "nosuch.dropout=0.1",
        "width=0",
        "width=1000000000",
        "label_smoothing=7",
        "weight_decay=-1",
        "patience=-4",
        "warmup=5",
        "optimizer=foo",
        "activation=foo",
        "gradient_clip=nan",
    ],
)
def test_what_a_parameter_can_never_be_is_refused(setting):
    with pytest.raises(SpaceError, match=r"--set|parameter"):
        check_settings(JobConfig(set=(setting,), modality="tabular"))


@pytest.mark.parametrize(
    "setting",
    ["batch_size=4096", "dropout=0.9", "optimizer=adam", "activation=tanh", "depth=12", "width=64..4096"],
)
def test_the_range_of_a_space_does_not_bind_the_user(setting):
    check_settings(JobConfig(set=(setting,), modality="tabular", family=("mlp",)))


@pytest.mark.parametrize(
    "options",
    [
        {"seed": -1},
        {"seed": 2**32},
        {"seed": 2**64},
        {"epochs": 0},
        {"epochs": 10**20},
        {"time": "0"},
        {"time": "1e400h"},
        {"time": "9" * 400 + "h"},
        {"time": "99999d"},
        {"workers": "0"},
        {"workers": "²"},
        {"workers": 10**6},
        {"horizon": 10**8},
        {"folds": 0},
        {"trials": 10**12},
        {"memory_limit": "1"},
        {"memory_limit": "9" * 400},
        {"name": "../x"},
        {"name": "/etc/x"},
        {"name": "a\0b"},
        {"name": "a\nb"},
        {"name": "x" * 300},
        {"name": "-rf"},
        {"name": "  "},
        {"name": ".."},
    ],
)
def test_options_out_of_their_range_are_refused(options):
    with pytest.raises(ConfigError, match=next(iter(options))):
        config_from(options, where="command line")


@pytest.mark.parametrize("text", ["-rf", "a/b\nc", "x" * 300, "..", "é"])
def test_a_file_of_any_name_names_a_job(text):
    assert JobConfig(name=name_of(text)).name

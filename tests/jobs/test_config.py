"""Options of a job: defaults promised, job files read and written, wrong values refused."""

from __future__ import annotations

import re

import pytest

from automl.core.errors import ConfigError
from automl.data.catalog import MODALITIES
from automl.jobs.config import JobConfig, config_from, dump_config, option_facts, read_config
from automl.tasks.catalog import TASKS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", 0),
        ("sampler", "rungs"),
        ("pruner", None),
        ("folds", None),
        ("single", False),
        ("distill", False),
        ("tracking", True),
        ("strategy", "auto"),
    ],
)
def test_promised_defaults(name, value):
    assert getattr(JobConfig(), name) == value


def test_a_sampler_of_optuna_has_twenty_trials_ours_knows_when_to_end():
    assert JobConfig().trial_limit is None
    assert JobConfig(sampler="tpe").trial_limit == 20
    assert JobConfig(sampler="tpe", time=60.0).trial_limit is None
    assert JobConfig(time=60.0, trials=3).trial_limit == 3


def test_columns_are_named_as_the_user_spells_them():
    job = JobConfig(target=("Life expectancy ",), keep=(" id",), time_column="when ")

    assert (job.target, job.keep, job.time_column) == (("Life expectancy",), ("id",), "when")


def test_a_written_job_reads_back_as_the_same_job(tmp_path):
    job = JobConfig(data="/data/a.csv", target=("y",), time=90.0, family=("mlp",), tracking=False)
    path = tmp_path / "job.yaml"
    path.write_text(dump_config(job))

    assert config_from(read_config(path), where="job.yaml") == job


def test_paths_of_a_job_file_are_relative_to_it(tmp_path):
    path = tmp_path / "job.yaml"
    path.write_text("data: table.csv\n")

    assert read_config(path)["data"] == str(tmp_path / "table.csv")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"trails": 3}, "trials"),
        ({"trials": "many"}, "expected a whole number"),
        ({"trials": 0}, "at least 1"),
        ({"time": "soon"}, "10m"),
        ({"folds": 0}, "at least 1"),
        ({"folds": 3, "validation": "v.csv"}, "combined"),
        ({"backend": "tensorflw"}, "tensorflow"),
        ({"header": "no"}, "expected true or false"),
        ({"pixel_values": "unit"}, "name one by pretrained"),
        ({"ray_address": "auto"}, "use executor ray"),
    ],
)
def test_wrong_options_are_refused(values, message):
    with pytest.raises(ConfigError, match=message):
        config_from(values, where="job.yaml")


@pytest.mark.parametrize("text", ["- a\n- b\n", "a: [1\n", "!!python/object/apply:os.getcwd []\n"])
def test_a_file_that_is_no_job_is_refused(tmp_path, text):
    path = tmp_path / "job.yaml"
    path.write_text(text)

    with pytest.raises(ConfigError, match=r"job\.yaml"):
        read_config(path)


def test_a_column_is_kept_or_dropped() -> None:
    with pytest.raises(ConfigError, match="'x' is in both keep and drop"):
        JobConfig(data="d.csv", keep=("x", "z"), drop=("x",))


@pytest.mark.parametrize(("option", "names"), [("modality", MODALITIES), ("task", TASKS)])
def test_help_names_all_that_can_be_asked_for(option, names):
    told = re.findall(r"\w+", option_facts()[option].help)

    assert {name for name in names if names.origin(name) is None} <= {*told}

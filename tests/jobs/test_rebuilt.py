"""Models of single trials are built again from the weights that were kept of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_wine

from automl import Result
from automl.core.errors import ConfigError, DataError
from automl.data.raw_model import predict


def answers(model, result):
    _, examples, _ = result.opened.read("sklearn:wine", targets=False)
    return np.asarray(predict(model, examples.inputs, batch_size=256))


def test_models_of_trials_are_those_that_were_scored(wine_job):
    trials = wine_job.trials()
    best = trials[wine_job.summary["best_trial"]]
    members = {item.trial: item.weight for item in wine_job.members}

    blend = sum(weight * answers(trials[number].model(), wine_job) for number, weight in members.items())

    assert best.score == pytest.approx(wine_job.best_score)
    assert next(iter(trials)).number == best.number
    # what is exported may be calibrated, which moves no label
    expected = wine_job.outputs("sklearn:wine")
    np.testing.assert_array_equal(blend.argmax(axis=1), expected.argmax(axis=1))
    assert wine_job.best_model() is wine_job.model


def test_a_trial_without_weights_is_named(wine_job, tmp_path):
    copy = Result(Path(shutil.copytree(wine_job.folder, tmp_path / "copy")))
    number = copy.summary["best_trial"]
    (copy.folder / "candidates" / f"{number}.npz").unlink()

    assert not copy.trials()[number].kept
    with pytest.raises(ConfigError, match=f"weights of trial {number} were not kept, only those of"):
        copy.trials()[number].model()
    with pytest.raises(ConfigError, match=r"There is no trial 99\. Known: "):
        copy.trials()[99]


def test_trials_are_listed_a_line_each(wine_job):
    trials = wine_job.trials()

    assert repr(trials).splitlines() == [repr(trial) for trial in trials]


def test_data_in_memory_is_asked_for(wine_job, tmp_path):
    copy = Result(Path(shutil.copytree(wine_job.folder, tmp_path / "copy")))
    options = (copy.folder / "job.yaml").read_text()
    (copy.folder / "job.yaml").write_text(options.replace("data: sklearn:wine\n", ""))

    with pytest.raises(ConfigError, match="was in memory: give it again"):
        copy.models(1)


def test_models_take_frames_dictionaries_lists_and_arrays(wine_job):
    frame = load_wine(as_frame=True).data.iloc[::20]
    expected = wine_job.outputs(frame)

    for model in (wine_job.best_model(), wine_job.models(1)[0]):
        by_name = model.predict({name: column.to_numpy() for name, column in frame.items()})
        forms = (
            frame,
            frame[frame.columns[::-1]],
            frame.to_dict("list"),
            frame.to_numpy(),
            frame.to_numpy().tolist(),
        )
        for form in forms:
            np.testing.assert_allclose(model.predict(form), by_name, rtol=1e-5)
    np.testing.assert_allclose(wine_job.model.predict(frame), expected, rtol=1e-5)


def test_a_model_says_which_columns_it_lacks(wine_job):
    with pytest.raises(DataError, match="alcohol"):
        wine_job.model.predict(load_wine(as_frame=True).data.drop(columns="alcohol"))

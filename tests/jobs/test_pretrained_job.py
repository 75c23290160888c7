"""A search that starts from a network: what is searched, and a model that needs its file no more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import automl
from automl.core.errors import ConfigError
from automl.jobs.config import JobConfig, dump_config, read_config
from automl.jobs.intake.kept_options import kept_config
from tests.jobs.test_every_modality import QUICK, pictures
from tests.pretrained.files import keras_file


def test_a_search_fine_tunes_a_network_and_learns_on_its_features(tmp_path):
    folder, file = pictures(tmp_path / "photos"), keras_file(tmp_path / "base.keras")
    options = {**QUICK, "trials": 2, "pretrained": file, "settings": ["trained=all"], "folds": 2}

    result = automl.search(folder, family=["frozen", "backbone"], out=str(tmp_path / "job"), **options)

    assert {"frozen", "backbone"} <= set(result.leaderboard["name"])
    file.unlink()
    answers = result.predict(folder / "dark").filter(like="probability").to_numpy()
    raw = np.full((1, 12, 10, 3), 40.0, "float32")
    assert result.model.predict({"image": raw}, verbose=0).shape == (1, 2)
    assert answers.shape == (8, 2)


def test_a_network_for_other_data_is_refused_at_once(tmp_path):
    file = keras_file(tmp_path / "base.keras")

    with pytest.raises(ConfigError, match=r"pretrained: none of the families .* makes use of it"):
        automl.search("sklearn:wine", pretrained=file, out=str(tmp_path / "job"), **QUICK)


@pytest.mark.parametrize(
    ("given", "kept"), [("efficientnet_lite0", "efficientnet_lite0"), ("net.keras", "{folder}/net.keras")]
)
def test_a_job_file_names_a_network_or_a_file_beside_it(tmp_path, monkeypatch, given, kept):
    (tmp_path / "job.yaml").write_text(f"pretrained: {given}\n")
    monkeypatch.chdir(tmp_path)

    assert read_config(Path("job.yaml"))["pretrained"] == str(Path(given))
    whole = kept_config(JobConfig(data="x.csv", pretrained=given, tracking=False))
    assert whole.pretrained == kept.format(folder=tmp_path)
    assert given in dump_config(whole)

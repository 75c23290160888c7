"""An option that the modality of the data does not take is refused, with those that do."""

from __future__ import annotations

from dataclasses import fields

import pandas as pd
import pytest

from automl.cli.app import run
from automl.core.errors import ConfigError
from automl.data.catalog import MODALITIES
from automl.data.modality import ReadOptions
from automl.jobs.intake.unread import refuse_unread

OPTIONS = {field.name for field in fields(ReadOptions)}


@pytest.mark.parametrize("name", list(MODALITIES))
def test_a_modality_takes_what_it_reads_and_refuses_the_rest(name):
    modality = MODALITIES[name]
    every = {option for other in MODALITIES.sound() for option in other.reads}
    assert every <= OPTIONS - {"horizon", "time_column"}

    for option in modality.reads:
        refuse_unread(ReadOptions(**{option: "given"}), modality, "t.csv")
    for option in every - {*modality.reads}:
        with pytest.raises(ConfigError, match=rf"{option} is an option of .* is read as {name}, "):
            refuse_unread(ReadOptions(**{option: "given"}), modality, "t.csv")


@pytest.mark.parametrize(
    ("asked", "takers"),
    [
        (["--lookback", "5"], "lookback is an option of the modality language or series"),
        (["--tokenizer", "word"], "tokenizer is an option of the modality language or speech"),
        (["--modality", "tabular", "--user-column", "a"], "user_column is an option of the modality inter"),
    ],
)
def test_a_search_of_a_table_says_so_before_anything_is_trained(tmp_path, capsys, asked, takers):
    table, job = tmp_path / "t.csv", tmp_path / "job"
    pd.DataFrame({"a": range(40), "b": [0.5, 1.5] * 20, "y": ["u", "v"] * 20}).to_csv(table, index=False)

    assert run(["search", str(table), "--target", "y", "--out", str(job), *asked]) == 2

    told = capsys.readouterr().err
    assert takers in told
    assert f"{table} is read as tabular" in told
    assert not job.exists()

"""A folder of predicted files with a table beside them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from automl.cli.predicted_files import RECORDS, TABLE, write_files
from automl.core.errors import ConfigError


class Pretended:
    """A result that predicts texts, two parts of them, which are written as files."""

    def predict_parts(self, source, *, told, spelled):
        for names in (["a", "=b"], ["c"]):
            yield pd.DataFrame({"file": names, "prediction": [f"of {name}" for name in names]})

    def writes(self, table, folder):
        for name, text in zip(table["file"], table["prediction"], strict=True):
            (folder / f"{name}.txt").write_text(text)
        return table.assign(prediction=[f"{name}.txt" for name in table["file"]])


def test_all_parts_make_one_folder_and_one_table(tmp_path):
    count = write_files(Pretended(), None, tmp_path / "out", safe=False)

    table = pd.read_csv(tmp_path / "out" / TABLE)
    assert count == 3
    assert table["prediction"].tolist() == ["a.txt", "=b.txt", "c.txt"]
    assert (tmp_path / "out" / "c.txt").read_text() == "of c"


def test_texts_can_be_made_harmless(tmp_path):
    write_files(Pretended(), None, tmp_path / "out", safe=True)

    assert pd.read_csv(tmp_path / "out" / TABLE)["file"].tolist() == ["a", "'=b", "c"]


def test_lists_are_written_as_objects_beside_the_table(tmp_path):
    class Listing(Pretended):
        def predict_parts(self, source, *, told, spelled):
            for part in super().predict_parts(source, told=told, spelled=spelled):
                yield part.assign(boxes='[{"label": "x"}]')

    write_files(Listing(), None, tmp_path / "out", safe=False, lists=("boxes",))

    records = json.loads((tmp_path / "out" / RECORDS).read_text())
    assert [record["file"] for record in records] == ["a", "=b", "c"]
    assert records[2] == {"file": "c", "prediction": "c.txt", "boxes": [{"label": "x"}]}
    assert pd.read_csv(tmp_path / "out" / TABLE)["boxes"][0] == '[{"label": "x"}]'


def test_an_empty_folder_will_do(tmp_path):
    (tmp_path / "out").mkdir()

    assert write_files(Pretended(), None, tmp_path / "out", safe=False) == 3


@pytest.mark.parametrize(
    ("name", "said"), [("full", "not empty"), ("file", "names a folder"), ("no/out", "does not exist")]
)
def test_nothing_that_is_there_is_overwritten(tmp_path, name, said):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.png").write_text("mine")
    (tmp_path / "file").write_text("mine")

    with pytest.raises(ConfigError, match=said):
        write_files(Pretended(), None, tmp_path / name, safe=False)

    assert (tmp_path / "full" / "mine.png").read_text() == (tmp_path / "file").read_text() == "mine"


def test_nothing_but_what_was_done_is_written_to_a_terminal(wine_job, tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    command = [sys.executable, "-m", "automl", "predict", str(wine_job.folder), "sklearn:wine"]

    done = subprocess.run(
        [*command, "--output", str(tmp_path / "file.csv")], env=environment, capture_output=True, text=True
    )

    assert done.stderr == f"178 predictions in {tmp_path / 'file.csv'}\n"
    assert done.stdout == ""

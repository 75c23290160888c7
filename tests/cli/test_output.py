"""Results are written into what bears the name that was given, and never in its place."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pandas as pd
import pytest

from automl.cli.output import check_output, harmless, opened
from automl.core.errors import ConfigError


def _write(place: object, text: str = "a\n") -> None:
    with opened(str(place)) as stream:
        stream.write(text)


def _fail_in_the_middle(place: Path) -> None:
    with opened(str(place)) as stream:
        stream.write("half")
        raise KeyError


def test_a_device_stays_a_device():
    _write(os.devnull)

    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_a_pipe_is_written_through(tmp_path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()

    _write(pipe)
    reader.join(10)

    assert read == ["a\n"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("there", [True, False])
def test_a_link_keeps_pointing(tmp_path, there):
    file, link = tmp_path / "file.csv", tmp_path / "link.csv"
    if there:
        file.write_text("old")
    link.symlink_to("file.csv")

    _write(link)

    assert link.is_symlink()
    assert file.read_text() == "a\n"


def test_a_file_keeps_its_mode_and_is_whole_or_as_it_was(tmp_path):
    file = tmp_path / "file.csv"
    file.write_text("old")
    file.chmod(0o600)

    with pytest.raises(KeyError):
        _fail_in_the_middle(file)
    assert file.read_text() == "old"
    _write(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [item.name for item in tmp_path.iterdir()] == ["file.csv"]


def test_a_dash_is_standard_output(capsys):
    _write("-")

    assert capsys.readouterr().out == "a\n"


def test_the_name_of_standard_output_appends_where_the_shell_does(tmp_path):
    code = "from automl.cli.output import opened\nwith opened('/dev/stdout') as out: out.write('new\\n')"
    (tmp_path / "log").write_text("old\n")

    with (tmp_path / "log").open("a") as log:
        subprocess.run([sys.executable, "-c", code], stdout=log, check=True)

    assert (tmp_path / "log").read_text() == "old\nnew\n"


def test_places_that_cannot_be_written_are_refused_first(tmp_path):
    data = tmp_path / "data.csv"
    data.write_text("a")
    (tmp_path / "link.csv").symlink_to(data)

    for place, said in (
        (tmp_path, "folder"),
        (tmp_path / "no" / "x.csv", "not exist"),
        (tmp_path / "link.csv", "holds the data"),
    ):
        with pytest.raises(ConfigError, match=said):
            check_output(str(place), Path(data))


def test_texts_that_a_spreadsheet_would_run_are_escaped_and_numbers_are_not():
    frame = pd.DataFrame(
        {
            "=id": ["=1+1", "+a", "-3.5", "@x", "\tx", "plain", "-"],
            "label": pd.Categorical(["-no", "yes", "yes", "yes", "yes", "yes", "-no"]),
            "value": [-1.0] * 7,
        }
    )

    safe = harmless(frame)

    assert list(safe["'=id"]) == ["'=1+1", "'+a", "-3.5", "'@x", "'\tx", "plain", "'-"]
    assert list(safe["label"])[:2] == ["'-no", "yes"]
    assert list(safe["value"]) == [-1.0] * 7

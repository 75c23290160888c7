"""Sources are recognised by what they are, and fingerprinted by what they hold."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data.preflight import check_table_header
from automl.data.source import Source, digest, open_source, refuse_pipe, with_validation
from automl.data.tables import as_text, read_table


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", "table"),
        ("a.csv.gz", "table"),
        ("a.tsv", "table"),
        ("SMSSpamCollection", "table"),
        ("a.parquet", "parquet"),
        ("a.npz", "npz"),
        ("a.ts", "ts"),
        ("a.ts.gz", "ts"),
    ],
)
def test_files_are_recognised_by_their_name(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_text("x")
    source = open_source(str(tmp_path / name))
    assert (source.kind, source.path, source.name) == (kind, tmp_path / name, name.split(".")[0])


@pytest.mark.parametrize(
    ("path", "name"), [("adult/train.csv", "adult-train"), ("photos/data", "photos-data")]
)
def test_a_name_that_says_nothing_takes_its_folders(tmp_path: Path, path: str, name: str) -> None:
    (tmp_path / path).parent.mkdir()
    (tmp_path / path).write_text("x")

    assert open_source(tmp_path / path).name == name


def test_objects_are_recognised_by_their_type(tmp_path: Path) -> None:
    assert open_source(tmp_path).kind == "folder"
    assert open_source(pd.DataFrame({"a": [1]})).kind == "frame"
    assert open_source(np.zeros((2, 2))).kind == "arrays"
    assert open_source((np.zeros((2, 2)), np.zeros(2))).kind == "arrays"
    assert open_source("sklearn:wine") == Source(kind="sklearn", name="wine")


def test_a_source_is_passed_through() -> None:
    source = Source(kind="sklearn", name="wine")
    assert open_source(source) is source


def test_a_missing_file_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "adult.csv").write_text("x")
    with pytest.raises(DataError, match=r"No such file or folder.*Did you mean 'adult\.csv'\?"):
        open_source(tmp_path / "adlt.csv")
    with pytest.raises(DataError, match="does not exist either"):
        open_source(tmp_path / "absent" / "adult.csv")


def test_an_unknown_bundled_set_and_an_unknown_type_are_refused() -> None:
    with pytest.raises(DataError, match="Did you mean 'wine'"):
        open_source("sklearn:wien")
    with pytest.raises(DataError, match="got int"):
        open_source(3)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((np.zeros((2, 2)), np.zeros(2), np.ones(2)), r"got a tuple of 3\..*weight_column=NAME"),
        ((np.zeros((2, 2)),), r"got a tuple of 1\.$"),
        (({"a": np.zeros(2)}, np.zeros(2)), r"got a mapping: pandas\.DataFrame\(inputs\)"),
        ((pd.DataFrame({"a": [1]}), "a"), r"got 'a': .* target='a'"),
    ],
)
def test_a_tuple_that_is_no_pair_of_arrays_is_refused_with_what_to_do(data: tuple, message: str) -> None:
    with pytest.raises(DataError, match=message):
        open_source(data)


def test_the_digest_follows_the_content_and_not_the_name(tmp_path: Path) -> None:
    for name, content in {"a.csv": "x", "b.csv": "x", "c.csv": "y"}.items():
        (tmp_path / name).write_text(content)
    one, same, other = (digest(open_source(tmp_path / name)) for name in ("a.csv", "b.csv", "c.csv"))
    assert one == same != other
    assert len(one) == 16


def test_the_digest_of_a_folder_follows_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    before = digest(open_source(tmp_path))
    (tmp_path / "b.png").write_bytes(b"x")
    assert digest(open_source(tmp_path)) != before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 3]})),
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"b": [1, 2]})),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (np.array(["a", None], dtype=object), np.array(["b", None], dtype=object)),
        (
            (np.zeros(2), np.array([0, 1])),
            (np.zeros(2), np.array([1, 0])),
        ),
    ],
)
def test_the_digest_of_objects_follows_their_content(one: object, other: object) -> None:
    assert digest(open_source(one)) == digest(open_source(one)) != digest(open_source(other))


def test_data_in_memory_is_validated_by_data_in_memory(tmp_path: Path) -> None:
    frame, other = pd.DataFrame({"a": [1, 2]}), (np.zeros((2, 2)), np.zeros(2))
    source = with_validation(frame, other)
    assert source.content is frame
    assert source.held == (frame, *other)
    assert digest(source) != digest(open_source(frame))
    with pytest.raises(DataError, match="in memory, or paths of both"):
        with_validation(frame, tmp_path)


def test_a_pipe_is_read_once_when_it_is_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"a,b\n1,2\n",))
    writer.start()
    source = open_source(pipe)
    writer.join()
    check_table_header(source, target=("b",))
    assert as_text(read_table(source).frame["a"]).tolist() == ["1"]
    assert digest(source) == digest(source)


def test_a_search_refuses_a_pipe_before_it_reads_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="read only once, and that was it"):
        refuse_pipe(tmp_path / "pipe", "that was it")
    refuse_pipe(tmp_path, "a folder is none")
    refuse_pipe("sklearn:wine", "a name is none")


def test_standard_input_is_a_dash() -> None:
    program = (
        "from automl.data.source import open_source; from automl.data.tables import read_table;"
        "print(read_table(open_source('-')).frame.shape)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=b"a,b\n1,2\n3,4\n", capture_output=True)
    assert done.stdout.decode().strip() == "(2, 2)"

"""Files and folders of stores are copied; the store here is fsspec's own in memory."""

from __future__ import annotations

import io
import sys

import pytest
from PIL import Image

from automl.core.errors import DataError, MissingDependencyError
from automl.data.remote import files
from automl.data.remote.fetching import fetch
from automl.data.source import open_source

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def memory():
    store = fsspec.filesystem("memory")
    yield store
    store.store.clear()
    store.pseudo_dirs[:] = [""]


def test_a_file_is_copied_once_for_each_version(memory):
    memory.pipe_file("/data/a.csv", b"a,b\n1,2\n")
    first, again = fetch("memory://data/a.csv"), fetch("memory://data/a.csv")
    assert first.path.read_bytes() == b"a,b\n1,2\n"
    assert again.path == first.path
    memory.pipe_file("/data/a.csv", b"a,b\n3,4\n")
    assert fetch("memory://data/a.csv").path.read_bytes() == b"a,b\n3,4\n"


def test_a_folder_of_pictures_is_mirrored_and_told(memory):
    stream = io.BytesIO()
    Image.new("RGB", (2, 2)).save(stream, "PNG")
    names = [f"/photos/{name}/{place}.png" for name in ("cat", "dog") for place in range(70)]
    for name in names:
        memory.pipe_file(name, stream.getvalue())
    source = open_source("memory://photos")
    assert (source.kind, source.name) == ("folder", "photos")
    assert len(source.files) == 140
    assert "Fetched memory://photos (" in source.notes[0]
    assert "has not changed" in open_source("memory://photos").notes[0]
    memory.rm_file(names[0])
    assert len(open_source("memory://photos").files) == 139


def test_names_that_lead_out_of_the_folder_are_refused(memory, monkeypatch):
    memory.pipe_file("/photos/a.png", b"x")
    found = {"/photos/../../a.png": {"type": "file", "size": 1}}
    monkeypatch.setattr(type(memory), "find", lambda self, root, detail: found)
    with pytest.raises(DataError, match="cannot be copied"):
        fetch("memory://photos")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("memory://data/none.csv", "No such file or folder: memory://data/none.csv"),
        ("nosuch://data/a.csv", "Protocol not known: nosuch"),
        ("mssql://host/db?query=SELECT 1", "queries go to sqlite, postgresql, mysql, mariadb"),
        ("zip://a.csv::https://host/a.zip", "without '::'"),
    ],
)
def test_what_is_not_there_is_refused(address, words):
    with pytest.raises(DataError, match=words):
        fetch(address)


def test_what_is_missing_for_a_store_is_named(monkeypatch):
    def absent(address: str) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", absent)
    with pytest.raises(MissingDependencyError, match=r"pip install 'automl-keras\[s3\]'"):
        fetch("s3://bucket/a.csv")


def test_without_fsspec_its_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with (
        pytest.raises(MissingDependencyError, match=r"automl-keras\[remote\]"),
        files.open_files("s3://a", ""),
    ):
        pass

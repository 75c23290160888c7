"""Addresses are told from paths, and what is written of them holds no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from automl.core.errors import ConfigError, DataError
from automl.data.remote.address import file_name, is_address, kept_address, local_path, resolved, scheme_of


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("https://host/a.csv", True),
        ("s3://bucket/a.csv", True),
        ("postgresql+psycopg://host/db?query=SELECT 1", True),
        ("env:DATA", True),
        ("${DATA}", True),
        ("a.csv", False),
        ("sklearn:wine", False),
        ("C:\\data\\a.csv", False),
        (Path("https://host/a.csv"), False),
        (None, False),
    ],
)
def test_addresses_are_told_from_paths(data, expected):
    assert is_address(data) is expected


def test_a_file_with_such_a_name_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("env:DATA").touch()
    assert not is_address("env:DATA")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://me:secret@host/a.csv?token=zzz&page=2", "https://***@host/a.csv?token=***&page=2"),
        ("https://host/a.csv?X-Amz-Signature=abc", "https://host/a.csv?X-Amz-Signature=***"),
        ("https://${TOKEN}@host/a.csv", "https://${TOKEN}@host/a.csv"),
        ("s3://bucket/a@2x/b.csv", "s3://bucket/a@2x/b.csv"),
        ("env:DATA", "env:DATA"),
        (
            "postgresql://me:secret@host/db?query=SELECT * FROM t WHERE mail LIKE '%@x.org'",
            "postgresql://***@host/db?query=SELECT * FROM t WHERE mail LIKE '%@x.org'",
        ),
    ],
)
def test_secrets_are_not_kept(text, kept):
    assert kept_address(text) == kept


def test_files_of_sqlite_are_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert kept_address("sqlite:///a.db?query=SELECT 1") == f"sqlite:///{tmp_path}/a.db?query=SELECT 1"


def test_variables_are_filled_in(monkeypatch):
    monkeypatch.setenv("TOKEN", "p@ss/1")
    assert resolved("https://me:${TOKEN}@host/a.csv") == "https://me:p%40ss%2F1@host/a.csv"
    assert scheme_of(resolved("https://host/a.csv")) == "https"
    with pytest.raises(ConfigError, match="environment has no NOWHERE"):
        resolved("env:NOWHERE")


def test_a_secret_that_was_not_kept_is_asked_for():
    with pytest.raises(DataError, match=r"not kept, and its copy is gone.*env:NAME"):
        resolved("https://***@host/a.csv")


def test_addresses_of_files_are_paths():
    assert local_path("file:///data/a%20b.csv") == Path("/data/a b.csv")
    with pytest.raises(DataError, match="machine server"):
        local_path("file://server/a.csv")


@pytest.mark.parametrize(
    ("names", "path"),
    [
        (("adult", "train.csv"), "adult/train.csv"),
        (("..", "../../etc/passwd"), "etc-passwd"),
        (("", ".."), "data"),
        (("a b", "ü:.csv"), "a-b/ü-.csv"),
    ],
)
def test_names_of_copies_do_no_harm(names, path):
    assert file_name(*names) == Path(path)

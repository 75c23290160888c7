"""Files of the web are fetched once for each version, and from the web alone."""

from __future__ import annotations

import pytest

from automl.core.errors import DataError, TimeUpError
from automl.core.phases import Phases
from automl.data.remote import store
from automl.data.remote.fetching import fetch
from automl.data.source import open_source
from automl.data.tables import read_table
from tests.data.remote.conftest import Page

CSV = b"age,income\n1,a\n2,b\n"


def test_a_file_is_fetched_once_and_again_when_it_has_changed(web):
    web.pages["/adult/train.csv"] = Page(CSV, headers={"ETag": '"1"'})
    address = f"{web.root}/adult/train.csv"
    first, again = fetch(address), fetch(address)
    assert (first.path.read_bytes(), first.told) == (CSV, f"Fetched {address} (19 B) to {first.path}.")
    assert again.path == first.path
    assert "has not changed" in again.told

    web.pages["/adult/train.csv"] = Page(CSV + b"3,c\n", headers={"ETag": '"2"'})
    other = fetch(address)
    assert other.path != first.path
    assert other.path.read_bytes().endswith(b"3,c\n")
    assert first.path.exists()


def test_what_tells_no_version_is_known_by_its_content(web):
    web.pages["/a.csv"] = Page(CSV)
    assert fetch(f"{web.root}/a.csv").path == fetch(f"{web.root}/a.csv").path
    assert len(web.asked) == 2


def test_a_source_is_named_and_read_as_the_file_is(web):
    web.pages["/adult/train.csv"] = Page(CSV)
    source = open_source(f"{web.root}/adult/train.csv?page=2")
    assert (source.name, source.kind) == ("adult-train", "table")
    assert read_table(source).frame.shape == (2, 2)
    assert "19 B" in source.notes[0]


def test_the_server_names_a_file_whose_address_does_not(web):
    header = {"Content-Disposition": 'attachment; filename="../../people.parquet"'}
    web.pages["/download"] = Page(CSV, headers=header)
    assert fetch(f"{web.root}/download?id=7").path.parts[-2:] == ("download", "people.parquet")


def test_redirects_are_followed_within_the_web_alone(web):
    web.pages["/a.csv"] = Page(CSV)
    web.pages["/old"] = Page(status=302, headers={"Location": "/a.csv"})
    assert fetch(f"{web.root}/old").path.read_bytes() == CSV
    for target in ("file:///etc/passwd", "ftp://127.0.0.1/a.csv"):
        web.pages["/old"] = Page(status=302, headers={"Location": target})
        with pytest.raises(DataError, match="only http and https are followed"):
            fetch(f"{web.root}/old")
    web.pages["/old"] = Page(status=302, headers={"Location": "/old"})
    with pytest.raises(DataError, match="Exceeded 5 redirects"):
        fetch(f"{web.root}/old")


def test_a_password_is_sent_and_never_told(web, monkeypatch):
    web.pages["/a.csv"] = Page(CSV, user="me:open sesame")
    monkeypatch.setenv("SECRET", "open sesame")
    host = web.root.removeprefix("http://")
    copy = fetch(f"http://me:${{SECRET}}@{host}/a.csv")
    assert copy.path.read_bytes() == CSV
    assert "sesame" not in copy.told
    with pytest.raises(DataError, match="answered 401") as caught:
        fetch(f"http://me:wrongpass@{host}/a.csv")
    assert "wrongpass" not in str(caught.value)


@pytest.mark.parametrize(
    ("page", "words"),
    [(Page(status=404), "answered 404"), (Page(CSV, length=99), "Cannot fetch|broke off")],
    ids=["missing", "cut off"],
)
def test_what_does_not_come_whole_is_refused_and_not_kept(web, page, words):
    web.pages["/a.csv"] = page
    with pytest.raises(DataError, match=words):
        fetch(f"{web.root}/a.csv")
    assert not [item for item in store.folder().rglob("*") if item.is_file()]


def test_no_server_is_told():
    with pytest.raises(DataError, match=r"a\.csv: \[Errno \d+\] Connection refused\."):
        fetch("http://127.0.0.1:1/a.csv")


def test_copies_are_bounded_and_the_oldest_go_first(web, monkeypatch):
    monkeypatch.setenv(store.LIMIT, "40B")
    for name in ("a", "b", "c"):
        web.pages[f"/{name}.csv"] = Page(CSV, headers={"ETag": name})
    first = fetch(f"{web.root}/a.csv").path
    fetch(f"{web.root}/b.csv")
    with pytest.raises(DataError, match="copies that were used today take 38 B of 40 B"):
        fetch(f"{web.root}/c.csv")
    monkeypatch.setattr(store, "USED_SECONDS", -1)
    fetch(f"{web.root}/c.csv")
    assert not first.exists()
    monkeypatch.setenv(store.LIMIT, "10B")
    with pytest.raises(DataError, match="too large to be copied: 19 B, and copies take at most 10 B"):
        fetch(f"{web.root}/a.csv")


def test_the_deadline_holds_while_data_comes(web):
    web.pages["/a.csv"] = Page(CSV)
    with pytest.raises(TimeUpError, match=r"fetching a\.csv"):
        fetch(f"{web.root}/a.csv", Phases(deadline=0))

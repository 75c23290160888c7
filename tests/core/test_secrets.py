"""Passwords and tokens in addresses: hidden in all that is shown, taken from the environment."""

from __future__ import annotations

import pytest

from automl.core.addresses import anchored, is_reference, kept, usable
from automl.core.errors import ConfigError
from automl.core.secrets import parse_address, remember, scrub, shown

PASSWORDS = (
    "p@sswort",
    "pa:ss/wort",
    "pass#wort",
    "pa%wort",
    "pass?wort",
    "p@s:s/w#o?r%t",
    "pass%40wort",
)


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("scheme", ["postgresql+psycopg", "mysql", "http", "https"])
def test_a_password_of_any_characters_is_found_whole(scheme, password):
    parts = parse_address(f"{scheme}://me:{password}@host:5432/db?ssl=true")

    assert (parts.user, parts.password, parts.rest) == ("me", password, "host:5432/db?ssl=true")
    assert shown(f"{scheme}://me:{password}@host/db") == f"{scheme}://***@host/db"


@pytest.mark.parametrize(
    "key", ["password", "passwd", "pwd", "token", "api_key", "secret", "sig", "p%61ssword"]
)
@pytest.mark.parametrize("secret", ["hunter22", "a#b@c/d", "a&b@c"])
def test_secrets_in_a_query_are_hidden(key, secret):
    assert shown(f"https://host/x?a=1&{key}={secret}&b=2") == f"https://host/x?a=1&{key}=***&b=2"


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("https://ghp_123456@host/x", "https://***@host/x"),
        ("sqlite:////home/me@work/study.db", "sqlite:////home/me@work/study.db"),
        ("sqlite://me:hunter22@host/x.db", "sqlite://***@host/x.db"),
        ("http://host:5000/path@2", "http://host:5000/path@2"),
        ("http://[::1]:5000", "http://[::1]:5000"),
        ("mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BPWD%3Dhunter22", "mssql+pyodbc:///?odbc_connect=***"),
        ("postgresql://me:${DB}@host/db", "postgresql://me:${DB}@host/db"),
        ("postgresql://me:12/34@56@host/db", "postgresql://***@host/db"),
        ("study.journal", "study.journal"),
    ],
)
def test_what_is_shown_of_an_address(address, text):
    assert shown(address) == text


@pytest.mark.parametrize("password", PASSWORDS)
def test_libraries_read_the_password_as_it_was_meant(password):
    from urllib.parse import unquote

    from sqlalchemy import make_url

    url = make_url(usable(f"postgresql://me:{password}@host:5432/db", "--storage"))

    assert (url.username, url.password, url.host, url.database) == ("me", unquote(password), "host", "db")


@pytest.mark.parametrize("form", ["hunter#22", "hunter%2322"])
def test_messages_of_others_and_of_ours_hide_what_an_address_held(form):
    usable("postgresql://me:hunter#22@host/db", "--storage")

    assert scrub(f"could not log in with {form}") == "could not log in with ***"
    assert str(ConfigError(f"bad: {form}")) == "bad: ***"
    assert scrub("see https://a:bcde@f/g.") == "see https://***@f/g."


def test_the_environment_holds_an_address_or_a_part_of_one(monkeypatch):
    monkeypatch.setenv("DB", "p@ss/w")
    monkeypatch.setenv("STORE", "mysql://me:otters99@host/db")

    assert usable("postgresql://me:${DB}@host/db", "--storage") == "postgresql://me:p%40ss%2Fw@host/db"
    assert (
        usable("env:STORE", "--storage") == usable("${STORE}", "--storage") == "mysql://me:otters99@host/db"
    )


@pytest.mark.parametrize("text", ["env:STORE", "${STORE}", "postgresql://me:${DB}@host/db"])
def test_references_are_kept_as_they_are(text):
    assert kept(text) == text
    assert is_reference(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [("env:NOWHERE", "no NOWHERE"), ("x://a:${NOWHERE}@b", "no NOWHERE"), ("x://***@b", "env:NAME")],
)
def test_a_secret_that_is_not_there_is_asked_for(text, message):
    with pytest.raises(ConfigError, match=message):
        usable(text, "--storage")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("team.journal", "{here}/team.journal"),
        ("sqlite:///x.db?timeout=5", "sqlite:///{here}/x.db?timeout=5"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
        ("sqlite://", "sqlite://"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        ("env:STORE", "env:STORE"),
    ],
)
def test_a_file_is_named_as_seen_from_any_folder(text, address, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert anchored(text) == address.format(here=tmp_path)


@pytest.mark.parametrize("text", ["postgresql:/me:hunter22@host/db", "me:hunter22@host:5000", "http:/host"])
def test_half_an_address_is_no_path_and_not_shown(text):
    with pytest.raises(ConfigError, match="without ://") as told:
        usable(text, "--storage")

    assert "hunter22" not in str(told.value)


@pytest.mark.parametrize("text", ["file:/srv/runs", "file:///srv", "C:/runs/x.db", "./me@home/s.journal"])
def test_paths_are_no_half_addresses(text):
    assert usable(text, "--storage") == text


def test_a_user_alone_is_a_secret_on_the_web_and_a_name_to_a_data_base():
    remember("https://tok3n-of-mine@host/data.csv")
    remember("postgresql://postgres@host/shop")

    assert scrub("tok3n-of-mine was refused by postgres") == "*** was refused by postgres"

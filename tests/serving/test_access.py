"""Who may ask a server."""

from __future__ import annotations

import base64

import pytest

from automl.core.errors import ConfigError
from automl.serving.access import VARIABLE, Access, access_for, is_own

TOKEN = "a-token-of-some-length"
WIDE = "0.0.0.0"  # noqa: S104  nothing listens there


@pytest.fixture(autouse=True)
def no_token(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)


def basic(password: str) -> str:
    return f"Basic {base64.b64encode(f'me:{password}'.encode()).decode()}"


@pytest.mark.parametrize("given", [f"Bearer {TOKEN}", f"bearer  {TOKEN}", basic(TOKEN)])
def test_the_token_lets_in(given):
    assert Access(token=TOKEN).refusal({"authorization": given, "host": "elsewhere"}) == ""


@pytest.mark.parametrize(
    "given", ["", "Bearer", f"Bearer {TOKEN}x", TOKEN, basic("x"), "Basic §", "Bearer é"]
)
def test_anything_else_does_not(given):
    assert "token" in Access(token=TOKEN).refusal({"authorization": given, "host": "localhost"})


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost:8000", True),
        ("127.0.0.1", True),
        ("[::1]:80", True),
        ("evil.example:8000", False),
        ("", False),
    ],
)
def test_without_a_token_names_of_this_machine_alone_will_do(host, own):
    assert (Access().refusal({"host": host}) == "") is own


@pytest.mark.parametrize(
    ("host", "own"), [("127.0.0.3", True), ("::1", True), (WIDE, False), ("::", False)]
)
def test_addresses_of_this_machine_are_known(host, own):
    assert is_own(host) is own


def test_a_wider_address_needs_a_token_or_a_terminal_to_tell_one():
    with pytest.raises(ConfigError, match=f"set {VARIABLE}"):
        access_for(WIDE, None, terminal=False)

    access, made = access_for(WIDE, None, terminal=True)

    assert access.token == made
    assert len(made) > 30
    assert made not in repr(access)
    assert access_for("127.0.0.1", None, terminal=True) == (Access(), "")


def test_a_token_comes_from_a_file_or_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, TOKEN)
    (tmp_path / "token").write_text("another-token-in-a-file\n")

    assert access_for(WIDE, None, terminal=False) == (Access(token=TOKEN), "")
    assert (
        access_for("127.0.0.1", str(tmp_path / "token"), terminal=False)[0].token
        == "another-token-in-a-file"
    )


@pytest.mark.parametrize("text", ["short", "", "with blanks in the middle", "ümlaute-sind-hier-keine"])
def test_a_poor_token_is_refused(tmp_path, text):
    (tmp_path / "token").write_text(text)

    with pytest.raises(ConfigError, match="token"):
        access_for("127.0.0.1", str(tmp_path / "token"), terminal=False)

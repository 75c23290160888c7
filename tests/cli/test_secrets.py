"""No byte that a command writes or prints holds a password."""

from __future__ import annotations

import pytest

from automl.cli.app import run

SEARCH = ["search", "sklearn:wine", "--trials", "1", "--epochs", "1", "--family", "linear", "--out", "job"]
PASSWORD = "Tr0ub@d:r/x#y?z%w"
PIECES = ("Tr0ub", "d:r/x", "y?z", "z%w", "zzsecretzz")


@pytest.mark.parametrize(
    "options",
    [
        ["--no-tracking", "--storage", f"postgresql://me:{PASSWORD}@127.0.0.1:1/db?passwd=zzsecretzz"],
        ["--tracking-uri", f"http://me:{PASSWORD}@127.0.0.1:1/?token=zzsecretzz"],
        ["--tracking-uri", f"ftp://me:{PASSWORD}@127.0.0.1:1/?pwd=zzsecretzz"],
        ["--no-tracking", "--warm-start", f"postgresql://me:{PASSWORD}@127.0.0.1:1/db?sig=zzsecretzz#old"],
    ],
)
def test_a_failing_command_tells_no_secret(options, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)

    code = run([*SEARCH, *options])

    printed = "".join(capfd.readouterr())
    written = b"".join(item.read_bytes() for item in tmp_path.rglob("*") if item.is_file())
    assert code == 2
    assert "***@127.0.0.1:1" in printed
    assert not [piece for piece in PIECES if piece in printed or piece.encode() in written]


def test_a_password_that_was_not_kept_is_asked_for(tmp_path, capsys):
    (tmp_path / "job.yaml").write_text("data: sklearn:wine\nstorage: postgresql://***@host/db\n")

    assert run(["resume", str(tmp_path)]) == 2
    assert "give the address with --storage" in capsys.readouterr().err

"""The study's journal: what it reads is what the file holds, however it came there."""

from __future__ import annotations

from pathlib import Path

from automl.study.storage.journal import Journal

LINES = [{"op": number} for number in range(3)]


def test_what_another_process_adds_is_read_though_nothing_was_new_before(tmp_path: Path) -> None:
    mine, other = Journal(tmp_path / "study.log"), Journal(tmp_path / "study.log")
    mine.append_logs(LINES[:1])
    assert list(mine.read_logs(0)) == LINES[:1]
    assert list(mine.read_logs(1)) == []

    other.append_logs(LINES[1:])

    assert list(mine.read_logs(1)) == LINES[1:]
    assert list(mine.read_logs(3)) == []


def test_lines_that_were_read_are_read_again_when_asked_for(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "study.log")
    journal.append_logs(LINES)

    assert list(journal.read_logs(0)) == LINES
    assert list(journal.read_logs(0)) == LINES
    assert list(journal.read_logs(2)) == LINES[2:]


def test_a_line_in_the_place_of_one_that_was_cut_off_is_read(tmp_path: Path) -> None:
    path = tmp_path / "study.log"
    journal = Journal(path)
    journal.append_logs(LINES[:1])
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"op": x')  # as long as the line to come, but for its end
    assert list(journal.read_logs(1)) == []
    path.write_bytes(whole)

    journal.append_logs(LINES[1:2])

    assert list(journal.read_logs(1)) == LINES[1:2]

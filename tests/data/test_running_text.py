"""What is running text, and how it is read."""

from __future__ import annotations

import json

import numpy as np
import pytest

from automl.core.errors import DataError
from automl.core.tokens import DOCUMENT_END
from automl.data.inference import infer_modality
from automl.data.modality import ReadOptions
from automl.data.running_text import read_running_text, reason_for_text
from automl.data.source import open_source

VERSE = "Shall I compare thee to a summer's day?\nThou art more lovely, and more temperate:\n" * 9
TASK = ReadOptions(task="language_model")


@pytest.fixture
def verse(tmp_path):
    path = tmp_path / "verse.txt"
    path.write_text(VERSE)
    return path


def test_a_text_file_without_columns_is_running_text_and_told(verse):
    choice = infer_modality(open_source(verse), ReadOptions())

    assert choice.name == "language"
    assert "no target is named" in choice.reason


@pytest.mark.parametrize(
    "content", ["a\tb\n1\tx\n2\ty\n", "one,two\n" * 9, "1 2 3\n4 5 6\n", "word;class\nfine;1\nbad;0\n"]
)
def test_a_text_file_with_columns_is_a_table(tmp_path, content):
    path = tmp_path / "table.txt"
    path.write_text(content)

    assert reason_for_text(open_source(path), ReadOptions()) is None


def test_whoever_names_a_target_or_another_task_has_a_table(verse):
    source = open_source(verse)

    assert reason_for_text(source, ReadOptions(target=("c0",))) is None
    assert reason_for_text(source, ReadOptions(task="binary")) is None
    assert reason_for_text(source, ReadOptions(horizon=3)) is None
    assert reason_for_text(source, TASK) == ""


def test_a_folder_of_text_files_is_running_text_unless_it_has_classes(tmp_path, verse):
    (tmp_path / "other.txt").write_text("Rough winds do shake the darling buds of May.")

    assert "2 text files" in reason_for_text(open_source(tmp_path), ReadOptions())
    assert read_running_text(open_source(tmp_path)).text.count(DOCUMENT_END) == 2
    (tmp_path / "sonnets").mkdir()
    (tmp_path / "sonnets" / "x.txt").write_text(VERSE)
    assert reason_for_text(open_source(tmp_path), ReadOptions()) is None


def test_files_of_other_systems_read_the_same(tmp_path):
    path = tmp_path / "text.txt"
    for content in (b"\xef\xbb\xbfa\r\nb\r\n", "a\nb\n".encode("utf-16"), b"a\nb\n"):
        path.write_bytes(content)
        assert read_running_text(open_source(path)).text == "a\nb\n"


def test_an_encoding_that_was_guessed_is_told(tmp_path):
    path = tmp_path / "latin.txt"
    path.write_bytes("Ein Bär, drei Bären, größere Bären über Bären.\n".encode("latin-1") * 20)

    read = read_running_text(open_source(path))

    assert read.text.startswith("Ein B")
    assert "guess" in read.notes[0]


def test_lines_of_json_give_their_field_of_text(tmp_path):
    path = tmp_path / "posts.jsonl"
    path.write_text("".join(json.dumps({"id": str(at), "text": f"post {at}"}) + "\n" for at in range(3)))

    read = read_running_text(open_source(path))

    assert (read.field, read.documents) == ("text", 3)
    assert read.text == "".join(f"post {at}{DOCUMENT_END}" for at in range(3))
    assert read_running_text(open_source(path), "id").text.startswith(f"0{DOCUMENT_END}")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"text": "a"', "line 2: expected a JSON object on each line"),
        ("[1]", "line 2: expected a JSON object, got list"),
        ('{"txet": "a"}', "line 2: expected text in the field 'text', got NoneType"),
    ],
)
def test_a_broken_line_of_json_is_refused_with_its_number(tmp_path, line, message):
    path = tmp_path / "posts.jsonl"
    path.write_text('{"text": "a"}\n' + line + "\n")

    with pytest.raises(DataError, match=message):
        read_running_text(open_source(path))


def test_fields_that_cannot_be_told_apart_are_asked_for(tmp_path):
    path = tmp_path / "posts.jsonl"
    path.write_text('{"question": "a", "answer": "b"}\n')

    with pytest.raises(DataError, match="--keep FIELD"):
        read_running_text(open_source(path))


def test_what_holds_no_text_is_refused(tmp_path):
    (tmp_path / "blank.txt").write_text(" \n\n")
    (tmp_path / "binary.txt").write_bytes(b"ab\0cd")
    (tmp_path / "empty").mkdir()
    wanted = {"blank.txt": "no text", "binary.txt": "zero bytes", "empty": "no .txt file"}
    for name, message in wanted.items():
        with pytest.raises(DataError, match=message):
            read_running_text(open_source(tmp_path / name))


def test_texts_in_memory_are_documents():
    texts = np.array(["one", "two"], object)

    assert read_running_text(open_source(texts)).text == f"one{DOCUMENT_END}two{DOCUMENT_END}"

"""``automl explain`` on a finished job: lines, files, and refusals with exit code 2."""

from __future__ import annotations

import json

import pytest

from automl.cli.app import run


def test_lines_and_a_page(wine_job, tmp_path, capsys):
    place = tmp_path / "out"
    words = ["--method", "importance", "--seconds", "1", "--out", str(place)]

    assert run(["explain", str(wine_job.folder), "sklearn:wine", *words]) == 0

    told = capsys.readouterr()
    assert "What the model relies on" in told.out
    assert f"Page: {place / 'explanation.html'}" in told.out
    assert "were trained on" in told.err
    assert {path.name for path in place.iterdir()} == {"explanation.html", "explanation.json"}


def test_all_numbers_as_json(wine_job, tmp_path, capsys):
    words = ["--method", "occlusion", "--rows", "5", "--json", "--out", str(tmp_path)]

    assert run(["explain", str(wine_job.folder), "sklearn:wine", *words]) == 0

    known = json.loads(capsys.readouterr().out)
    assert [row["row"] for row in known["values"]["occlusion"]["rows"]] == [0, 1, 2, 3, 4]


def test_counterfactuals_are_lines_and_keep_what_they_shall(wine_job, tmp_path, capsys):
    words = ["--method", "counterfactuals", "--rows", "1", "--keep", "alcohol", "--out", str(tmp_path)]

    assert run(["explain", str(wine_job.folder), "sklearn:wine", *words]) == 0

    told = capsys.readouterr().out
    assert "Kept as they are: alcohol." in told
    assert "answer then" in told
    assert "    1    alcohol " not in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--method", "magic"], "Unknown method 'magic'"),
        (["--method", "maps"], "this model reads none"),
        (["--rows", "none", "--method", "gradients"], "there is no row 'none'"),
        (["--seconds", "0"], "seconds: expected a time above 0, got 0"),
        (["--method", "counterfactuals", "--wanted", "class_9"], "there is no class 'class_9'"),
    ],
)
def test_what_cannot_be_done_is_refused(wine_job, tmp_path, capsys, words, message):
    assert run(["explain", str(wine_job.folder), "sklearn:wine", "--out", str(tmp_path), *words]) == 2

    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_file_in_the_place_of_the_folder_is_refused_first(wine_job, tmp_path, capsys):
    (tmp_path / "taken").write_text("")

    assert run(["explain", str(wine_job.folder), "sklearn:wine", "--out", str(tmp_path / "taken")]) == 2

    assert "it is a file. Name a folder." in capsys.readouterr().err

"""``automl report`` on finished, tested, unfinished and damaged jobs."""

from __future__ import annotations

import json
import shutil

import pytest

from automl.cli.app import run

MOST_BYTES = 1_500_000


@pytest.fixture
def job(wine_job, tmp_path):
    """A copy of a finished job, to be changed."""
    shutil.copytree(wine_job.folder, tmp_path / "job")
    return tmp_path / "job"


def test_a_search_ends_with_a_report_that_its_run_has_too(wine_job):
    from mlflow.tracking import MlflowClient

    page = (wine_job.folder / "report.html").read_text()
    report = json.loads((wine_job.folder / "report.json").read_text())
    client = MlflowClient(f"sqlite:///{wine_job.folder.parent / 'mlflow.db'}")
    files = {item.path for item in client.list_artifacts(wine_job.summary["mlflow_run_id"])}

    assert {"report.html", "report.json"} <= files
    assert len(page) < MOST_BYTES
    assert report["verdict"] in page.replace("&#39;", "'")
    assert {
        "scores",
        "answers",
        "explained_importance",
        "audit",
        "parameters",
        "search",
        "model",
        "card",
        "coverage",
        "validation",
    } == {section["key"] for section in report["sections"]}
    assert report["scores"][0]["metrics"]["accuracy"] == pytest.approx(wine_job.summary["ensemble_score"])


def test_the_page_tells_no_paths_of_this_machine(wine_job):
    text = (wine_job.folder / "report.html").read_text() + (wine_job.folder / "report.json").read_text()

    assert str(wine_job.folder.parent) not in text


def test_the_page_is_written_again(job, capsys):
    before = (job / "report.html").read_text()
    (job / "report.html").unlink()

    assert run(["report", str(job)]) == 0

    assert capsys.readouterr().out.strip() == str(job / "report.html")
    assert (job / "report.html").read_text() == before


def test_a_test_becomes_a_part_of_it(job, tmp_path, capsys):
    page = tmp_path / "page.html"

    assert run(["report", str(job), "--test", "sklearn:wine", "--out", str(page)]) == 0

    told = capsys.readouterr()
    known = json.loads((job / "report.json").read_text())
    assert [item["part"] for item in known["scores"]] == ["validation", "test"]
    assert known["scores"][1]["rows"] == 178
    assert "142 of 178 rows were trained on" in told.err
    assert "142 of 178 rows have the inputs of rows that were trained on" in page.read_text()


@pytest.mark.parametrize("name", ["model.keras", "report.json"])
def test_files_of_the_job_are_not_replaced(job, name, capsys):
    assert run(["report", str(job), "--out", str(job / name)]) == 2
    assert "it is a file of the job" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("report.json", None, "has no report.json"),
        ("report.json", '{"version": 1}', "is damaged"),
        ("report.json", "{", "Cannot read"),
        ("job.yaml", None, "is not a job folder"),
    ],
)
def test_a_damaged_job_is_one_clear_sentence(job, capsys, file, content, said):
    (job / file).unlink()
    if content is not None:
        (job / file).write_text(content)

    assert run(["report", str(job)]) == 2

    told = capsys.readouterr().err
    assert said in told
    assert told.startswith("Error: ")
    assert len(told.strip().splitlines()) == 1


def test_an_unfinished_job_says_so(job, capsys):
    for name in ("report.json", "result.json"):
        (job / name).unlink()

    assert run(["report", str(job)]) == 2
    assert "the job has not got that far" in capsys.readouterr().err


def test_numbers_of_a_report_that_are_no_numbers_are_told(job, capsys):
    known = json.loads((job / "report.json").read_text())
    chart = next(
        figure
        for section in known["sections"]
        for figure in section["figures"]
        if figure["figure"] == "chart"
    )
    chart["lines"][0]["y"][0] = {"png": "x"}
    (job / "report.json").write_text(json.dumps(known))

    assert run(["report", str(job)]) == 2
    assert "is damaged" in capsys.readouterr().err

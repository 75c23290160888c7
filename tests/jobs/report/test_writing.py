"""A report is files that agree, and a test becomes a part of it."""

from __future__ import annotations

import json

import pytest

from automl.core.errors import ConfigError, DiskFullError
from automl.core.reports import Remark
from automl.jobs.folder import JobFolder
from automl.jobs.report.judging import Judged
from automl.jobs.report.testing import with_test
from automl.jobs.report.writing import attempted, card_of, read_report, report_of, write_report
from automl.tasks.shown import Evidence
from tests.jobs.report.searches import ACCURACY, many, rule, searched


def judged(score: float, part: str = "validation", width: float = 0.02) -> Judged:
    return Judged(
        part=part,
        rows=500,
        metrics={"accuracy": score},
        intervals={"accuracy": (score - width, score + width)},
        evidence=Evidence(remarks=(Remark(mood="good", text=f"Calibrated on {part}."),)),
        mistakes=None,
    )


def report(score: float = 0.85):
    job = searched(many(30), baselines=(rule("majority", 0.5),), card=(("seed", "0"),))
    return report_of(job, judged(score), kind="binary classification of y", what="y")


def test_what_is_written_is_read_again(tmp_path):
    folder, made = JobFolder(tmp_path), report()

    files = write_report(folder, made)

    assert [file.name for file in files] == ["report.html", "report.json", "model_card.md"]
    assert read_report(folder) == made
    assert files[0].read_text().startswith("<!doctype html>")


def test_every_number_of_the_drawings_stands_in_the_json(tmp_path):
    write_report(JobFolder(tmp_path), report())
    known = json.loads((tmp_path / "report.json").read_text())
    keys = [section["key"] for section in known["sections"]]

    assert keys == ["scores", "answers", "audit", "parameters", "search", "model", "card"]
    assert known["scores"][0]["metrics"] == {"accuracy": 0.85}
    assert known["scores"][0]["intervals"] == {"accuracy": [0.83, 0.87]}


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"version": 1}', '{"version": 7}'])
def test_a_damaged_report_is_one_clear_sentence(tmp_path, content):
    (tmp_path / "report.json").write_text(content)

    with pytest.raises(ConfigError, match=r"report\.json"):
        read_report(JobFolder(tmp_path))


def test_a_job_without_a_report_says_why(tmp_path):
    with pytest.raises(ConfigError, match=r"has no result\.json: the job has not got that far"):
        read_report(JobFolder(tmp_path))
    (tmp_path / "result.json").write_text("{}")
    with pytest.raises(ConfigError, match="an earlier version of automl"):
        read_report(JobFolder(tmp_path))


def test_a_report_that_cannot_be_made_is_told_and_ends_nothing():
    notes: list[str] = []

    assert attempted(lambda: (1 / 0,), notes.append) == ()
    assert notes == ["The report could not be made (ZeroDivisionError: division by zero)."]


def test_a_full_disk_is_no_fault_of_the_report():
    def full():
        raise DiskFullError("no room")

    with pytest.raises(DiskFullError):
        attempted(full, print)


@pytest.mark.parametrize(
    ("score", "mood", "words"),
    [
        (0.86, "good", "confirms the 0.85 of the search"),
        (0.95, "good", "confirms the 0.85 of the search"),
        (0.70, "careful", "worse than chance would explain"),
    ],
)
def test_a_test_confirms_the_search_or_does_not(score, mood, words):
    tested = with_test(report(), judged(score, "test"), ACCURACY, seen=0)
    told = {remark.mood for remark in tested.remarks if words in remark.text}

    assert told == {mood}
    assert [item.part for item in tested.scores] == ["validation", "test"]
    assert [item[0] for item in tested.headline][:2] == ["accuracy, validation", "accuracy, test"]
    assert [item.key for item in tested.sections][:2] == ["scores", "test"]
    assert not [item for item in tested.remarks if "--test" in item.text]


def test_a_second_test_takes_the_place_of_the_first():
    once = with_test(report(), judged(0.7, "test"), ACCURACY, seen=None)
    twice = with_test(once, judged(0.85, "test"), ACCURACY, seen=12)

    assert len(twice.scores) == 2
    assert sum(item[0] == "accuracy, test" for item in twice.headline) == 1
    assert sum(item.text.startswith("On the test, 500 rows") for item in twice.remarks) == 1
    assert {item.mood for item in twice.remarks if "12 of 500 rows" in item.text} == {"bad"}


def test_a_card_has_what_says_something():
    assert card_of({"a": 1, "b": "", "c": None, "d": "x"}) == (("a", "1"), ("d", "x"))

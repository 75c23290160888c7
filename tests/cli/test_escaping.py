"""Names of columns and classes with markup in them are shown as text on every page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import automl
from automl.core.specs import TrialRecord
from automl.tracking.description import NOTE, standing

COLUMN, CLASS = "<b>age</b>", "<img src=x onerror=alert(1)>"


class Elements(HTMLParser):
    """Names of elements with their attributes, and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)
        self.found += [name for name, _ in attrs]

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    """A small job whose data has such names, and a leak, so that the audit names the column."""
    random = np.random.default_rng(0)
    y = random.choice([CLASS, "</script><script>alert(2)</script>"], 200)
    frame = pd.DataFrame(
        {COLUMN: (y == CLASS) + random.normal(0, 0.01, 200), "b": random.normal(size=200), "y": y}
    )
    folder = tmp_path_factory.mktemp("escaping")
    options = {"target": "y", "family": "linear", "trials": 1, "epochs": 1, "folds": 1, "tracking": False}
    return automl.search(frame, **options, verbose=0, out=str(folder / "job")), frame


def pages(job) -> dict[str, str]:
    from automl.serving.description import describe
    from automl.serving.page import page_of

    result, frame = job
    explained = result.explain(frame, rows=2, seconds=1.0, told=lambda notes: None)
    return {
        "report": (result.folder / "report.html").read_text(),
        "notebook": result._repr_html_(),
        "explanation": explained.write(result.folder / "explained").read_text(),
        "serve": page_of(describe(result, 1000))[0],
    }


def test_names_are_shown_as_text(job):
    for name, page in pages(job).items():
        found = Elements(page)
        assert not {"b", "script", "img", "onerror"} & set(found.found), name
        assert name == "notebook" or COLUMN in found.text or CLASS in found.text, name


def test_plots_are_given_names_as_text(job):
    page = (job[0].folder / "plots" / "confusion_matrix.html").read_text()

    assert "alert(2)" in page
    assert "</script><script>alert" not in page
    assert "onerror=alert(1)>" not in page
    assert re.search(r"(&|\\u0026)(amp;)?lt;img src=x", page)


def test_the_audit_names_columns_as_the_table_does(job):
    (found, *_) = job[0].summary["audit"]

    assert found["where"] == COLUMN
    assert f"--drop {COLUMN!r}" in found["advice"]


def test_notes_of_runs_are_markdown_in_which_names_are_text():
    record = TrialRecord(
        number=0, configuration={"family": "mlp"}, state="failed", reason=f"no class {CLASS}"
    )

    note = standing(record)[NOTE]

    assert "<img" not in note
    assert "&lt;img src=x" in note

"""``automl audit``, and the audit that a search begins with."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from automl.cli.app import run


@pytest.fixture
def leaking(tmp_path):
    """A table in which one column gives the target away."""
    random = np.random.default_rng(0)
    income = random.choice(["low", "high"], 400)
    columns = {"age": random.normal(size=400), "tax": (income == "high") + random.normal(0, 0.01, 400)}
    pd.DataFrame({**columns, "income": income}).to_csv(tmp_path / "people.csv", index=False)
    return tmp_path / "people.csv"


def test_findings_are_listed_with_what_to_do(leaking, capsys):
    assert run(["audit", str(leaking), "--target", "income"]) == 0

    told = capsys.readouterr().out
    assert told.startswith("Read people: 400 rows, binary classification")
    assert re.search(r"Serious +Column 'tax' alone gives (100|9\d\.\d)", told)
    assert "--drop 'tax'" in told


def test_what_is_left_out_is_not_looked_at(leaking, capsys):
    assert run(["audit", str(leaking), "--target", "income", "--drop", "tax"]) == 0

    assert "Nothing suspicious was found." in capsys.readouterr().out


def test_findings_are_printed_as_json(leaking, capsys):
    assert run(["audit", str(leaking), "--target", "income", "--json"]) == 0

    (finding,) = json.loads(capsys.readouterr().out)
    assert (finding["kind"], finding["where"], finding["mood"]) == ("leak", "tax", "bad")


@pytest.mark.parametrize(
    "arguments", [["--target", "wage"], ["--time-column", "when", "--target", "income"]]
)
def test_wrong_columns_are_refused(leaking, arguments, capsys):
    assert run(["audit", str(leaking), *arguments]) == 2
    assert "Error: " in capsys.readouterr().err


def test_a_search_tells_it_first_and_its_report_has_it(leaking, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    quick = ["--trials", "1", "--epochs", "1", "--family", "linear", "--no-tracking", "--folds", "1"]

    assert run(["search", str(leaking), "--target", "income", *quick, "--out", "job"]) == 0

    told = capsys.readouterr().err
    assert "Audit: Column 'tax' alone gives" in told
    assert told.index("Audit:") < told.index("Engine:")
    assert json.loads((tmp_path / "job" / "result.json").read_text())["audit"][0]["where"] == "tax"
    report = json.loads((tmp_path / "job" / "report.json").read_text())
    assert "audit" in [section["key"] for section in report["sections"] if section["figures"]]
    assert any(remark["mood"] == "bad" and "'tax'" in remark["text"] for remark in report["remarks"])

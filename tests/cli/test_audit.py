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


def test_images_in_folders_are_looked_at_and_their_copies_stay_together(tmp_path, capsys):
    from PIL import Image

    from tests.data.alike.test_sets import scenes

    pixels = scenes(60, 32)
    for place, picture in enumerate([*pixels, *pixels[:6]]):
        folder = tmp_path / "photos" / ("cat" if place % 2 else "dog")
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(folder / f"{place}.jpg", quality=70 + place // 2)

    assert run(["audit", str(tmp_path / "photos")]) == 0

    told = " ".join(capsys.readouterr().out.split())
    assert "18.2% of the images (12) are equal or nearly equal to another one" in told
    assert "they are kept on one side" in told
    assert "Looked for equal and nearly equal images, plain marks that give a class away, wrong" in told


def test_what_an_audit_looks_at_is_said(leaking, capsys):
    assert run(["audit", str(leaking), "--target", "income"]) == 0

    assert "not for nearly equal rows." in capsys.readouterr().out

"""A finished job explains itself: as figures, as JSON, as a page, and in one sentence where it cannot."""

from __future__ import annotations

import json

import numpy as np
import pytest

import automl
from automl.core.errors import ConfigError
from automl.data.modality import Examples
from automl.jobs.explaining import MOST_ROWS, NUMBERS, PAGE, chosen_rows

WINE = "sklearn:wine"


@pytest.fixture(scope="module")
def explained(wine_job):
    return wine_job.explain(WINE, rows=2, seconds=2.0, told=lambda notes: None)


def test_what_suits_the_model_is_found_and_the_rest_says_why_not(explained):
    assert list(explained.found) == ["importance", "dependence", "gradients", "counterfactuals"]
    assert list(explained.left_out) == ["maps", "attention"]
    assert explained.left_out["maps"].endswith("choose another method.")
    assert explained.values["gradients"]["completeness_gap"] <= 0.01
    assert [row["row"] for row in explained.values["gradients"]["rows"]] == [0, 1]


def test_the_page_and_its_numbers_agree(explained, tmp_path):
    page = explained.write(tmp_path / "new" / "folder")

    assert page == tmp_path / "new" / "folder" / PAGE
    known = json.loads((page.parent / NUMBERS).read_text())
    assert [item["key"] for item in known["sections"]] == [f"explained_{name}" for name in explained.found]
    assert known["values"] == json.loads(json.dumps(explained.values))
    text = page.read_text()
    for section in known["sections"]:
        assert section["title"] in text
        assert section["figures"]


def test_a_notebook_shows_the_figures_and_a_prompt_one_line(explained):
    shown = explained._repr_html_()

    assert shown.count("<figure") >= len(explained.found)
    assert "<script" not in shown
    assert repr(explained).startswith("<Explanations by importance, dependence, ")
    assert len(repr(explained)) < 200


def test_what_matters_to_the_search_is_scored(explained):
    importance = explained.values["importance"]

    assert importance["metric"] == "accuracy"
    assert importance["rows"] == 178
    columns = [name for group in importance["groups"] for name in group["columns"]]
    assert len(columns) == len(set(columns)) <= 13
    assert importance["groups"][0]["worse"] > 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "magic"}, r"Unknown method 'magic'\. Known: importance, dependence"),
        (
            {"method": "maps"},
            r"^Maps lie on pictures, sounds and videos, and this model reads none: choose another \w+\.$",
        ),
        (
            {"method": "occlusion", "rows": "7,none"},
            "there is no row 'none'; expected a number from 0 to 177",
        ),
        ({"method": "occlusion", "rows": 0}, f"expected 1 to {MOST_ROWS} rows, got 0"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(wine_job, options, message):
    with pytest.raises(ConfigError, match=message):
        wine_job.explain(WINE, told=lambda notes: None, **options)


def test_without_targets_all_but_the_importance_is_found(wine_job):
    from sklearn.datasets import load_wine

    frame = load_wine(as_frame=True).data

    with pytest.warns(automl.DataWarning, match="were trained on"):
        found = wine_job.explain(frame.head(30), rows=1, seconds=1.0)

    assert "importance" not in found.found
    assert "must have its targets" in found.left_out["importance"]
    assert "gradients" in found.found


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (2, (0, 1)),
        ("2", (0, 1)),
        (9, (0, 1, 2)),
        ("b.png,2", (1, 2)),
        ([2, "a.png"], (2, 0)),
        ("1,", (1,)),
    ],
)
def test_rows_are_counted_named_or_numbered(rows, expected):
    names = np.array(["a.png", "b.png", "c.png"], object)
    examples = Examples(inputs={"x": np.zeros(3)}, keys={"file": names})

    assert chosen_rows(examples, rows) == expected


def test_the_report_tells_what_the_winner_relies_on(wine_job):
    report = json.loads((wine_job.folder / "report.json").read_text())
    known = {section["key"]: section for section in report["sections"]}

    section = known["explained_importance"]
    assert section["text"].startswith("On rows that were not trained on (validation).")
    assert section["figures"][0]["figure"] == "bars"
    assert (
        list(known).index("answers")
        < list(known).index("explained_importance")
        < list(known).index("audit")
    )

"""What a server tells of models whose data have other forms than the table of the other tests."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np

from automl.data.interactions.dealt import dealt_schema
from automl.data.interactions.layout import Layout
from automl.serving.description import describe
from automl.serving.further import Further
from automl.serving.page import page_of


def described(schema, task: str, further=(), **facts):
    files = SimpleNamespace(result=Path("result.json"))
    opened = SimpleNamespace(schema=schema, files=files, task=SimpleNamespace(describe=lambda: facts))
    return describe(SimpleNamespace(summary={"name": "<toy>", "task": task}, opened=opened), 1000, further)


def test_a_forecast_names_its_times_and_series():
    schema = {
        "form": "forecast",
        "time": "hour",
        "series": "shop",
        "channels": ["load", "sun"],
        "targets": 1,
    }

    found = described(schema, "forecasting")

    assert found.target == "load"
    assert [item.name for item in found.columns] == ["hour", "shop", "load", "sun"]
    assert found.takes_rows
    assert not found.takes_files
    assert found.openapi()["info"]["title"] == "<toy>: forecasting of load"


def test_a_table_of_files_takes_both():
    picture = {
        "name": "photo",
        "input": "photo",
        "kind": "picture",
        "facts": {"height": 8, "width": 8, "channels": 3},
    }
    size = {"name": "size", "input": "size", "kind": "number", "facts": {}}

    found = described({"columns": [picture, size], "targets": ["price"]}, "regression")

    assert (found.takes_rows, found.takes_files) == (True, True)
    assert found.example == {"files": {"a.bin": "aGVsbG8="}, "rows": [{"photo": "a.bin", "size": 1.5}]}


def test_pictures_alone_are_files_and_texts_of_users_are_escaped():
    found = described({"names": ["class"]}, "binary", names=["class"])

    page, policy = page_of(found)

    assert found.example == {"files": {"a.bin": "aGVsbG8="}}
    assert "&lt;toy&gt;" in page
    assert "<toy>" not in page
    assert "script" not in policy


def test_users_and_items_are_columns_and_their_lists_an_address():
    ids = np.array(["7", "8"], object), np.array(["a", "b"], object)
    layout = {"layout": Layout(user="who", item="what").plain(), **dealt_schema(*ids)}
    lists = Further(path="/recommend", words="items", example={"users": ["7"]}, answer=dict)

    found = described(layout, "rating", (lists,), names=["rating"])

    assert found.example == {"rows": [{"who": "7", "what": "a"}]}
    assert {"/predict", "/recommend", "/health"} == set(found.openapi()["paths"])
    assert "POST /recommend" in page_of(found)[0]


def test_a_language_model_reads_text():
    found = described({"field": ""}, "language_model")

    assert found.example == {"files": {"a.txt": "aGVsbG8="}}

from __future__ import annotations

import re
from pathlib import Path

import pytest

from automl.core.errors import SpaceError
from automl.spaces.parsing import parse_space

GUIDE = (Path(__file__).parents[2] / "docs" / "search_spaces.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, flags=re.DOTALL)


def test_the_examples_of_the_guide_run(tmp_path, monkeypatch):
    (tmp_path / "mine.yaml").write_text(blocks("yaml")[0])
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(blocks("python")[0], names)  # noqa: S102  the guide is our own
    assert names["family"] == "mlp"
    assert names["parameters"]["width"] == 128
    assert "label_smoothing" not in names["parameters"]


def test_the_guides_mistake_is_refused_in_the_guides_words():
    wrong = blocks("yaml")[0].replace("low: 1, high: 4", "low: 1, hihg: 4")
    with pytest.raises(SpaceError) as refusal:
        parse_space(wrong, source="mine.yaml", name="mine")
    assert str(refusal.value) in GUIDE

"""What the pages say, the code knows: options, commands, files and links."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest
from sklearn.datasets import load_iris

from automl.cli.app import COMMANDS, application
from automl.study.optuna.pruners import PRUNERS
from automl.study.proposals.samplers import SAMPLERS

ROOT = Path(__file__).parents[1]
GUIDES = (
    "guide.md",
    "data.md",
    "kerastuner.md",
    "cluster.md",
    "driving_scenes.md",
    "export.md",
    "fairness.md",
    "language_models.md",
    "rare_events.md",
    "speech.md",
    "uncertainty.md",
    "validation.md",
    "recommendation.md",
    "search.md",
    "search_spaces.md",
    "serving.md",
    "sounds.md",
    "video.md",
    "sentence_pairs.md",
    "explanations.md",
    "transfer.md",
)
PAGES = [ROOT / "README.md", *(ROOT / "docs" / name for name in GUIDES)]
ALL_PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "mlflow" / "README.md"]


def known_options() -> set[str]:
    context = click.Context(application)
    commands = [application.get_command(context, name) for name in COMMANDS]
    return {
        flag
        for command in commands
        for item in command.params
        for flag in (*item.opts, *item.secondary_opts)
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_option_of_a_page_exists(page):
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page.read_text()))

    assert named <= known_options() | {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_command_of_a_page_exists(page):
    named = set(re.findall(r"(?m)^(?:.*\| )?automl ([a-z-]+)", page.read_text()))

    assert named <= set(COMMANDS)


@pytest.mark.parametrize("names", [SAMPLERS, PRUNERS], ids=["samplers", "pruners"])
def test_the_page_on_the_search_names_every_sampler_and_pruner(names):
    text = (ROOT / "docs" / "search.md").read_text()

    assert [name for name in names if f"`{name}`" not in text] == []


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page):
    links = [link for link in re.findall(r"\]\(([^)#]+)", page.read_text()) if "://" not in link]

    assert all((page.parent / link).exists() for link in links), links


def test_the_request_on_the_page_on_serving_has_every_column_of_its_model():
    page = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")

    body = re.search(r"-d '(\{\"rows\".*?\})'", page)

    assert body is not None
    (row,) = json.loads(body[1])["rows"]
    assert list(row) == load_iris().feature_names

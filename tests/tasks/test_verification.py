"""Vectors of identities: margins, encoding, blending, baselines, evidence."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.figures import Chart, Table
from automl.core.targets import TARGET
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import fit_task
from automl.tasks.kinds.verification import VerificationOptions
from automl.tasks.margins import COSINES, MarginLoss, side_by_side
from automl.tasks.shown import Shown, evidence_of
from tests.faces import individual

NAMES = np.repeat(np.array(["ann", "bob", "cid", "dee"], object), 4)
PICTURES = np.stack([individual(row // 4, row % 4)[..., None] for row in range(16)])


@pytest.fixture
def task():
    return fit_task("verification", {TARGET: NAMES}, names=("person",), facts={})


def loss_of(kind: str, margin: float, cosine: float, scale: float = 10.0) -> float:
    """Of an example whose right cosine is given, beside one other of 0.1."""
    targets = {TARGET: np.array([[0, 5, 6]], np.int32)}
    return float(MarginLoss(kind, margin, scale)(targets, {COSINES: np.array([[cosine, 0.1]], np.float32)}))


def expected(right: float, scale: float = 10.0) -> float:
    return float(np.log1p(np.exp(scale * (0.1 - right))))


@pytest.mark.parametrize("cosine", [-0.5, 0.0, 0.7])
def test_margins_are_those_of_their_papers(cosine):
    angle = np.arccos(cosine)

    assert loss_of("softmax", 0.3, cosine) == pytest.approx(expected(cosine), rel=1e-4)
    assert loss_of("cosface", 0.3, cosine) == pytest.approx(expected(cosine - 0.3), rel=1e-4)
    assert loss_of("arcface", 0.3, cosine) == pytest.approx(expected(np.cos(angle + 0.3)), rel=1e-4)


@pytest.mark.parametrize("kind", ["arcface", "cosface"])
def test_an_answer_further_off_never_costs_less(kind):
    losses = [loss_of(kind, 0.5, cosine) for cosine in np.linspace(1, -1, 41)]

    assert (np.diff(losses) > 0).all()
    assert np.isfinite(losses).all()


def test_an_unknown_margin_is_refused_with_the_nearest_name():
    with pytest.raises(ConfigError, match="arcface"):
        VerificationOptions(margin_kind="arcfase")


def test_names_that_training_did_not_have_are_told_apart(task):
    encoded = task.encode({TARGET: np.array(["bob", "eve", "fay", "eve"], object)})[TARGET]

    assert encoded[:, 0].tolist() == [1, -1, -1, -1]
    assert len(np.unique(encoded[:, 1:], axis=0)) == 3
    assert (encoded[1] == encoded[3]).all()
    again = task.encode({TARGET: np.array(["fay"], object)})[TARGET]
    assert (again[0] == encoded[2]).all()


def test_the_head_gives_vectors_of_length_one_and_their_cosines(task):
    feature = keras.Input((6,))
    model = keras.Model(feature, task.head(feature, None, VerificationOptions(embedding_width=64)))

    outputs = model.predict(np.random.default_rng(0).normal(size=(5, 6)), verbose=0)

    assert outputs[TARGET].shape == (5, 64)
    assert np.linalg.norm(outputs[TARGET], axis=1) == pytest.approx(1, abs=1e-5)
    assert outputs[COSINES].shape == (5, 4)
    assert np.abs(outputs[COSINES]).max() <= 1


def test_joined_vectors_compare_as_the_mean_of_comparisons():
    random = np.random.default_rng(0)
    parts = [random.normal(size=(5, width)).astype(np.float32) for width in (3, 8)]
    parts = [part / np.linalg.norm(part, axis=1, keepdims=True) for part in parts]
    weights = (0.25, 0.75)

    joined = side_by_side([{TARGET: part} for part in parts], weights)[TARGET]

    mean = sum(weight * part @ part.T for part, weight in zip(parts, weights, strict=True))
    np.testing.assert_allclose(joined @ joined.T, mean, atol=1e-6)
    inputs = [keras.Input((part.shape[1],)) for part in parts]
    model = keras.Model(inputs, side_by_side([{TARGET: item} for item in inputs], weights))
    np.testing.assert_allclose(model.predict(parts, verbose=0)[TARGET], joined, atol=1e-6)


def test_pixels_are_better_than_chance(task):
    encoded = task.encode({TARGET: NAMES})

    rules = task.baselines(encoded, encoded, {"image": PICTURES})

    scores = {name: score_at_once(task.scorer(), encoded, found) for name, found in rules.items()}
    assert scores["pixels"]["rank1"] > 0.9
    assert 0.3 < scores["chance"]["roc_auc"] < 0.7
    assert set(task.baselines(encoded, encoded, {"size": np.zeros(16)})) == {"chance"}


def test_fisherfaces_learn_which_pixels_tell_others_apart(task):
    """Half of the pixels are noise, in which pictures of one individual differ most."""
    random = np.random.default_rng(0)
    patterns = random.normal(size=(40, 4, 4))
    owners = np.repeat(np.arange(40), 5)
    pictures = np.concatenate([patterns[owners], 3 * random.normal(size=(200, 4, 4))], axis=2)[..., None]
    seen = owners < 30
    names = owners.astype(str).astype(object)
    known = fit_task("verification", {TARGET: names[seen]}, names=("who",), facts={})
    targets, rest = (known.encode({TARGET: names[part]}) for part in (seen, ~seen))

    rules = known.learned_baselines({"image": pictures[seen]}, targets, {"image": pictures[~seen]})
    plain = known.baselines(targets, rest, {"image": pictures[~seen]})

    scores = [
        score_at_once(known.scorer(), rest, found)["roc_auc"]
        for found in (rules["fisherfaces"], plain["pixels"])
    ]
    assert scores[0] > scores[1] + 0.1
    assert rules["fisherfaces"][TARGET].shape == (50, 150)
    assert known.learned_baselines({"x": owners}, targets, {"x": owners}) == {}


def test_evidence_shows_curves_and_the_pairs_that_mislead(task):
    encoded = task.encode({TARGET: NAMES})
    vectors = task.baselines(encoded, encoded, {"image": PICTURES})["pixels"]
    shown = Shown(
        task=task, encoded=encoded, truth={TARGET: NAMES}, predictions=vectors, inputs={"image": PICTURES}
    )

    figures = evidence_of(shown).figures

    assert [type(item) for item in figures] == [Chart, Chart, Table, Table]
    alike = figures[3]
    assert all(row[1] != row[2] for row in alike.rows)
    assert all(row[1] == row[2] for row in figures[2].rows)
    assert len(alike.rows[0]) == len(alike.columns) == 5


def test_of_one_identity_there_is_nothing_to_show(task):
    encoded = {name: values[:3] for name, values in task.encode({TARGET: NAMES}).items()}
    shown = Shown(task=task, encoded=encoded, truth={TARGET: NAMES[:3]}, predictions={TARGET: np.eye(3)})

    assert evidence_of(shown).figures == ()

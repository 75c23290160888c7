"""Families on texts: shapes, masks, options, and that they learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from automl.testing.networks import backbone
from automl.testing.tensors import ids, ngrams, numbers

LENGTH = 12
WORDS = 30
SPECS = {
    "tokens": ids("tokens", LENGTH, WORDS),
    "ngrams": ngrams(LENGTH, WORDS),
    "ngram_weights": numbers("ngram_weights", LENGTH),
}
SMALL: dict[str, dict[str, Any]] = {
    "ngrams": {"embedding_size": 4},
    "cnn": {"embedding_size": 8, "filters": 8},
    "rnn": {"embedding_size": 8, "units": 8},
    "transformer": {"embedding_size": 8, "heads": 2},
}
VARIANTS: list[tuple[str, dict[str, Any]]] = [
    *SMALL.items(),
    ("ngrams", {"weighted": False, "depth": 2, "width": 8, "dropout": 0.2, "ngram_dropout": 0.2}),
    ("ngrams", {"pieces": False, "embedding_size": 2}),
    ("ngrams", {"pieces": False, "weighted": False, "depth": 1, "width": 4}),
    ("cnn", {"kernel_sizes": "3", "pooling": "both", "vocabulary": 10, "word_dropout": 0.0}),
    ("rnn", {"cell": "gru", "layers": 2, "pooling": "last", "units": 4}),
    ("rnn", {"cell": "simple", "bidirectional": False, "pooling": "both", "units": 4, "dropout": 0.0}),
    ("transformer", {"depth": 2, "heads": 3, "pooling": "both", "embedding_dropout": 0.0, "dropout": 0.0}),
]


def model(name: str, head: bool = False, **options: Any) -> keras.Model:
    keras.utils.set_random_seed(0)
    inputs, features = backbone(f"text/{name}", SPECS.values(), {**SMALL[name], **options})
    return keras.Model(inputs.by_name(), keras.layers.Dense(1)(features) if head else features)


def batch(rows: int, length: int = LENGTH, seed: int = 0) -> dict[str, np.ndarray]:
    """Texts of random words, the last third padding; the weights are those of equal words.

    N-grams stand where they can: words first, pieces behind.
    """
    ids = np.random.default_rng(seed).integers(2, WORDS, (rows, length)).astype("int32")
    facts = SPECS["ngrams"].facts
    grams = np.concatenate(
        [2 + ids[:, : facts.places] % (facts.words - 2), facts.words + ids[:, facts.places :] % 20], axis=1
    )
    ids[:, length - length // 3 :] = grams[:, length - length // 3 :] = 0
    weights = (grams > 0) / np.sqrt(np.maximum((grams > 0).sum(axis=1, keepdims=True), 1))
    return {"tokens": ids, "ngrams": grams, "ngram_weights": weights.astype("float32")}


def predict(net: keras.Model, data: dict[str, np.ndarray]) -> np.ndarray:
    return np.asarray(net.predict({key: data[key] for key in net.input}, verbose=0))


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_a_family_gives_one_finite_vector_per_text(name: str, options: dict[str, Any]) -> None:
    net = model(name, **options)

    features = predict(net, batch(5))

    assert features.shape == (5, net.output.shape[-1])
    assert np.isfinite(features).all()


@pytest.mark.parametrize("name", ["cnn", "rnn", "transformer"])
@pytest.mark.parametrize("pooling", ["max", "mean"])
def test_padding_does_not_count(name: str, pooling: str) -> None:
    net = model(name, pooling=pooling)
    embedding = next(layer for layer in net.layers if isinstance(layer, keras.layers.Embedding))
    before = predict(net, batch(4))

    table = embedding.get_weights()[0]
    table[0] += 10.0
    embedding.set_weights([table])

    np.testing.assert_allclose(predict(net, batch(4)), before, atol=1e-5)


@pytest.mark.parametrize("name", list(SMALL))
def test_a_text_without_a_word_gives_finite_features(name: str) -> None:
    nothing = {key: np.zeros_like(value) for key, value in batch(2).items()}

    assert np.isfinite(predict(model(name), nothing)).all()


@pytest.mark.parametrize(
    ("name", "options"), [*SMALL.items(), ("ngrams", {"depth": 1, "width": 16, "embedding_size": 8})]
)
def test_a_family_learns_which_word_decides(name: str, options: dict[str, Any]) -> None:
    data = batch(256)
    for kind in ("tokens", "ngrams"):
        data[kind][data[kind] == 2] = 3
        data[kind][::2, 0] = 2
    answers = (data["tokens"] == 2).any(axis=1).astype("float32")
    net = model(name, head=True, **options)
    net.compile(keras.optimizers.Adam(1e-2), keras.losses.BinaryCrossentropy(from_logits=True))

    net.fit({key: data[key] for key in net.input}, answers, epochs=12, batch_size=32, verbose=0)

    assert ((predict(net, data)[:, 0] > 0) == answers).mean() > 0.9


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_a_family_survives_saving(tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    net = model(name, **options)
    net.save(tmp_path / "model.keras")

    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)

    np.testing.assert_allclose(predict(loaded, batch(3)), predict(net, batch(3)), atol=1e-6)


def test_rare_words_beyond_the_vocabulary_count_as_unknown() -> None:
    net = model("cnn", vocabulary=10)
    rare, unknown = batch(2), batch(2)
    rare["tokens"] = np.where(rare["tokens"] >= 12, 20, rare["tokens"])
    unknown["tokens"] = np.where(rare["tokens"] >= 12, 1, rare["tokens"])

    np.testing.assert_array_equal(predict(net, rare), predict(net, unknown))


def test_words_are_dropped_in_training_only() -> None:
    net = model("cnn", word_dropout=0.9, embedding_dropout=0.0, dropout=0.0)
    data = {"tokens": batch(4)["tokens"]}

    still = [np.asarray(net(data, training=False)) for _ in range(2)]
    moved = [np.asarray(net(data, training=True)) for _ in range(2)]

    np.testing.assert_array_equal(*still)
    assert not np.array_equal(*moved)


def test_weights_decide_how_much_an_ngram_says() -> None:
    net = model("ngrams")
    embedding = next(layer for layer in net.layers if isinstance(layer, keras.layers.Embedding))
    embedding.set_weights([np.ones((WORDS, 4))])
    data = batch(2)
    data["ngram_weights"][1] *= 3

    features = predict(net, data)

    np.testing.assert_allclose(features[1], 3 * features[0], rtol=1e-5)


@pytest.mark.parametrize("weighted", [True, False])
def test_without_pieces_only_words_are_seen(weighted: bool) -> None:
    net = model("ngrams", pieces=False, weighted=weighted, depth=1, width=4)
    data = batch(4)
    other = {**data, "ngrams": data["ngrams"].copy()}
    other["ngrams"][:, SPECS["ngrams"].facts.places :] = WORDS - 1

    np.testing.assert_array_equal(predict(net, data), predict(net, other))


def test_without_pieces_the_weights_of_words_have_unit_length() -> None:
    net = model("ngrams", pieces=False)
    embedding = next(layer for layer in net.layers if isinstance(layer, keras.layers.Embedding))
    embedding.set_weights([np.ones((SPECS["ngrams"].facts.words, 4))])
    data = batch(2)
    data["ngram_weights"][:] = 0.1

    places = SPECS["ngrams"].facts.places

    np.testing.assert_allclose(predict(net, data), 8.0 * np.sqrt(places) * np.ones((2, 4)), rtol=1e-5)

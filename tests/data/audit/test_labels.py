"""Wrong labels are found where columns decide, and not where they say little."""

from __future__ import annotations

import numpy as np
import pytest

from automl.data.audit.labels import doubtful, labels, wrong_share

N = 1500


def told(noise: float, flipped: float, classes: int = 3, seed: int = 0):
    """Features, labels and which of them are wrong."""
    random = np.random.default_rng(seed)
    codes = random.integers(0, classes, N)
    features = np.eye(classes)[codes] @ random.normal(size=(classes, 6)) * 3
    features += random.normal(0, noise, features.shape)
    wrong = random.random(N) < flipped
    return features, np.where(wrong, (codes + 1) % classes, codes), wrong


NAMES = np.array([f"row {at}" for at in range(N)], object)


def test_wrong_labels_are_found_and_named():
    features, codes, wrong = told(0.6, 0.05)

    (found,) = labels(features, codes, NAMES)

    assert found.mood == "careful"
    assert found.size == pytest.approx(0.05, abs=0.03)
    named = [int(item) for item in found.told.split(" for row ")[1].rstrip(".").split(", row ")]
    assert wrong[named].all()


@pytest.mark.parametrize("noise", [0.3, 1.0, 3.0, 10.0])
def test_right_labels_raise_no_alarm(noise):
    features, codes, _ = told(noise, 0.0)

    assert labels(features, codes, NAMES) == []


def test_few_examples_say_nothing():
    features, codes, _ = told(0.6, 0.05)

    assert labels(features[:100], codes[:100], NAMES) == []


def test_the_surest_come_first():
    chances = np.array([[0.9, 0.1], [0.2, 0.8], [0.99, 0.01], [0.95, 0.05], [0.1, 0.9]])

    assert doubtful(chances, np.array([0, 1, 1, 1, 1])).tolist() == [2, 3]


def test_a_share_of_few_is_uncertain():
    chances = np.repeat([[0.9, 0.1], [0.1, 0.9]], 30, axis=0)
    classes = np.repeat([0, 1], 30)
    classes[:1] = 1

    share, least = wrong_share(chances, classes)

    assert share == pytest.approx(0.05)
    assert least < 0.03


def test_a_rare_class_of_which_nothing_tells_is_not_wrong():
    random = np.random.default_rng(1)
    rare = (random.random(N) < 0.06).astype(int)

    assert labels(random.normal(size=(N, 5)), rare, NAMES) == []

"""Pairs of vectors: areas, rates and ranks as others compute them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from automl.core.targets import TARGET
from automl.metrics import verification
from automl.metrics.scorer import score_at_once
from automl.metrics.verification import PairScorer, operating_points, rank_one, threshold_at


def drawn(people: int = 6, each: int = 5, noise: float = 0.6) -> tuple[np.ndarray, np.ndarray]:
    """Identities ``(n, 3)``, shuffled, and vectors of length 1 that scatter around those of their own."""
    random = np.random.default_rng(people)
    codes = random.permutation(np.repeat(np.arange(people), each))
    vectors = random.normal(size=(people, 8))[codes] + noise * random.normal(size=(len(codes), 8)) * 2
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.stack([-np.ones_like(codes), codes * 7, codes], axis=1).astype(np.int32), vectors


def pairs(identities: np.ndarray, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.triu_indices(len(vectors), 1)
    return identities[first, 2] == identities[second, 2], (vectors @ vectors.T)[first, second]


def test_areas_and_rates_are_those_of_scikit_learn():
    identities, vectors = drawn()

    scores = score_at_once(PairScorer(), identities, vectors)

    same, score = pairs(identities, vectors)
    far, tar, _ = roc_curve(same, score, drop_intermediate=False)
    assert scores["roc_auc"] == pytest.approx(roc_auc_score(same, score), abs=1e-6)
    assert scores["tar_at_10pct_far"] == pytest.approx(tar[far <= 0.1].max())
    assert scores["tar_at_1pct_far"] == pytest.approx(tar[far <= 0.01].max())
    nearest = np.abs(far - (1 - tar)).argmin()
    assert scores["equal_error_rate"] == pytest.approx((far[nearest] + 1 - tar[nearest]) / 2, abs=0.01)


def test_rank_one_asks_every_other_example_for_its_nearest_known_one():
    identities, vectors = drawn(people=4, each=3)
    codes = identities[:, 2]
    shares = []
    for place in range(3):
        known = [np.flatnonzero(codes == code)[place] for code in range(4)]
        asked = [row for row in range(12) if row not in known]
        hits = [codes[known][np.argmax(vectors[known] @ vectors[row])] == codes[row] for row in asked]
        shares.append(np.mean(hits))

    assert rank_one(codes, vectors) == pytest.approx(np.mean(shares))


def test_those_with_one_example_are_known_and_not_asked_for():
    vectors = np.eye(3)[[0, 0, 1]]

    assert rank_one(np.array([0, 0, 1]), vectors) == 1.0


def test_vectors_that_are_right_score_best_of_all():
    identities, _ = drawn()

    scores = score_at_once(PairScorer(), identities, np.eye(6)[identities[:, 2]])

    assert scores == {
        "roc_auc": 1.0,
        "tar_at_10pct_far": 1.0,
        "tar_at_1pct_far": 1.0,
        "equal_error_rate": 0.0,
        "rank1": 1.0,
        "overlap": pytest.approx(0, abs=1e-6),
    }


def test_the_overlap_of_normal_scores_is_their_equal_error_rate():
    random = np.random.default_rng(0)
    same = np.arange(40_000) < 20_000
    score = random.normal(size=40_000) + 2.0 * same

    scores = verification.scores_of_pairs(same, score)

    assert scores["overlap"] == pytest.approx(scores["equal_error_rate"], abs=0.005)
    assert scores["overlap"] == pytest.approx(0.1587, abs=0.005)


def test_batches_give_what_all_at_once_give():
    identities, vectors = drawn()
    scorer = PairScorer()

    for row in range(0, len(vectors), 7):
        scorer.update(identities[row : row + 7], vectors[row : row + 7])

    assert scorer.result() == score_at_once(PairScorer(), identities, vectors)


def test_of_many_pairs_as_many_as_are_drawn_tell_nearly_the_same(monkeypatch):
    identities, vectors = drawn(people=30, each=20)
    whole = score_at_once(PairScorer(), identities, vectors)
    monkeypatch.setattr(verification, "MOST_PAIRS", 5_000)

    some = score_at_once(PairScorer(), identities, vectors)

    assert some["roc_auc"] == pytest.approx(whole["roc_auc"], abs=0.02)
    assert some == score_at_once(PairScorer(), identities, vectors)
    made = verification.pairs_of(identities[:, 2], vectors.astype(np.float32))
    assert made.same.sum() == (~made.same).sum() == 5_000
    assert (made.first != made.second).all()
    assert (identities[made.first, 2] == identities[made.second, 2]).tolist() == made.same.tolist()


def test_with_groups_examples_are_compared_within_one():
    identities, vectors = drawn(people=8, each=4)
    groups = (identities[:, 2] % 2).astype(str)
    alike = vectors.copy()
    alike[groups == "1"] = (
        alike[groups == "1"] @ np.linalg.qr(np.random.default_rng(0).normal(size=(8, 8)))[0]
    )

    scores = score_at_once(PairScorer(), identities, vectors, groups)

    assert scores == pytest.approx(score_at_once(PairScorer(), identities, alike, groups), abs=1e-6)
    assert scores != pytest.approx(score_at_once(PairScorer(), identities, alike), abs=1e-3)
    made = verification.pairs_of(identities[:, 2], vectors, groups)
    assert (groups[made.first] == groups[made.second]).all()
    assert len(made.same) == 2 * 16 * 15 // 2


@pytest.mark.parametrize("rows", [slice(0, 0), slice(0, 1)])
def test_without_pairs_nothing_can_be_told(rows):
    identities, vectors = drawn()

    assert all(
        np.isnan(item) for item in score_at_once(PairScorer(), identities[rows], vectors[rows]).values()
    )


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.1, 0.5])
def test_a_threshold_keeps_its_rate(rate):
    false = np.random.default_rng(0).normal(size=1_000)

    assert (false > threshold_at(false, rate)).mean() == pytest.approx(rate)


def test_operating_points_hold_on_the_pairs_that_they_were_chosen_on():
    identities, vectors = drawn()
    same, score = pairs(identities, vectors)

    chosen = operating_points({TARGET: identities}, {TARGET: vectors})

    assert (chosen["pairs"], chosen["others"]) == (same.sum(), (~same).sum())
    for point in chosen["points"]:
        assert (score[~same] > point["threshold"] + 1e-6).mean() <= point["far"]
        assert (score[same] > point["threshold"]).mean() == pytest.approx(point["tar"], abs=0.02)
    assert operating_points({TARGET: identities[:1]}, {TARGET: vectors[:1]})["points"] == []

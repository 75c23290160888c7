"""Scores of lists against an implementation that goes through them one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from automl.metrics.ranking import K, RankingScorer, top_items


def slowly(held: list[set[int]], seen: list[set[int]], scores: np.ndarray) -> dict[str, float]:
    """The definitions, as loops over users, lists and places."""
    users, listed = [], set()
    for truth, known, row in zip(held, seen, scores, strict=True):
        order = sorted((item for item in range(len(row)) if item not in known), key=lambda item: -row[item])
        best = order[:K]
        if not truth:
            continue
        listed.update(best)
        hits = [place for place, item in enumerate(best, start=1) if item in truth]
        most = min(len(truth), K)
        users.append(
            {
                "ndcg_at_10": sum(1 / math.log2(1 + place) for place in hits)
                / sum(1 / math.log2(1 + place) for place in range(1, most + 1)),
                "hit_rate_at_10": float(bool(hits)),
                "recall_at_10": len(hits) / most,
                "mrr_at_10": 1 / hits[0] if hits else 0.0,
                "map_at_10": sum(count / place for count, place in enumerate(hits, start=1)) / most,
            }
        )
    means = {name: sum(user[name] for user in users) / len(users) for name in users[0]}
    return {**means, "coverage_at_10": len(listed) / scores.shape[1]}


def case(seed: int):
    """A few users, some without anything held out, and one of few items that has dealt with nearly all."""
    random = np.random.default_rng(seed)
    items = int(random.integers(5, 60))
    held, seen, rows = [], [], []
    scores = np.abs(random.normal(size=(int(random.integers(2, 9)), items))) + 1e-6
    for row in range(len(scores)):
        order = random.permutation(items)
        known = int(random.integers(0, items))
        truth = 0 if row and random.random() < 0.2 else int(random.integers(1, items - known + 1))
        seen.append(set(order[:known].tolist()))
        held.append(set(order[known : known + truth].tolist()))
        rows.append([*(order[:known] + 1), *(-order[known : known + truth] - 1)])
    width = max(map(len, rows))
    codes = np.array([[*row, *[0] * (width - len(row))] for row in rows], np.int32)
    return held, seen, scores, codes


@pytest.mark.parametrize("first", range(0, 100, 20))
def test_a_hundred_cases_agree_with_the_definitions(first):
    for seed in range(first, first + 20):
        held, seen, scores, codes = case(seed)
        signed = scores.copy()
        for row, known in enumerate(seen):
            signed[row, list(known)] *= -1
        scorer = RankingScorer()

        for row in range(len(scores)):
            scorer.update(codes[row : row + 1], signed[row : row + 1])

        assert scorer.result() == pytest.approx(slowly(held, seen, scores), rel=0, abs=1e-9)


def test_users_are_heard_of_in_portions_to_the_same(monkeypatch):
    _, _, scores, codes = case(3)
    whole, parts = RankingScorer(), RankingScorer()
    whole.update(codes, scores)
    monkeypatch.setattr("automl.metrics.ranking.MOST_VALUES", scores.shape[1])

    parts.update(codes, scores)

    assert len(scores) > 1
    assert parts.result() == pytest.approx(whole.result(), rel=1e-12)


def test_an_item_that_the_model_does_not_know_counts_as_missed():
    scorer = RankingScorer()

    scorer.update(np.array([[-1, -4]]), np.array([[0.5, 0.3, 0.2]]))

    assert scorer.result()["recall_at_10"] == 0.5
    assert scorer.result()["hit_rate_at_10"] == 1.0


def test_nothing_held_out_and_infinite_scores_are_no_numbers():
    nothing, infinite = RankingScorer(), RankingScorer()

    nothing.update(np.array([[1, 0]]), np.array([[0.5, 0.5]]))
    infinite.update(np.array([[-1]]), np.array([[np.nan, 0.5]]))

    assert all(map(math.isnan, nothing.result().values()))
    assert all(map(math.isnan, infinite.result().values()))


def test_the_best_items_come_in_order_and_of_equal_ones_the_first():
    scores = np.array([[0.1, 0.7, 0.7, 0.9, 0.1], [0.0, 0.0, 0.0, 0.0, 0.0]])

    assert top_items(scores, 3).tolist() == [[3, 1, 2], [0, 1, 2]]
    assert top_items(scores, 9).tolist()[0] == [3, 1, 2, 0, 4]

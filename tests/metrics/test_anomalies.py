"""Scores of unusualness: areas of labelled rows, surprise of the rest, in one batch or several."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from automl.metrics.anomalies import AnomalyScorer
from automl.metrics.scorer import score_at_once


def test_areas_are_of_labelled_rows_and_surprise_of_all_but_anomalies() -> None:
    random = np.random.default_rng(0)
    known = random.choice([0.0, 1.0, np.nan], 300, p=[0.6, 0.1, 0.3])
    score = random.normal(size=300) + 2 * (known == 1)
    labelled = ~np.isnan(known)

    scorer = AnomalyScorer()
    for part in np.array_split(np.arange(300), 3):
        scorer.update(known[part, None], score[part, None])
    scores = scorer.result()

    assert scores["pr_auc"] == pytest.approx(average_precision_score(known[labelled], score[labelled]))
    assert scores["roc_auc"] == pytest.approx(roc_auc_score(known[labelled], score[labelled]))
    assert scores["surprise"] == pytest.approx(score[known != 1].mean())


def test_without_anomalies_there_are_no_areas() -> None:
    unknown, normal = (
        score_at_once(AnomalyScorer(), np.full((4, 1), known), np.arange(4.0)[:, None])
        for known in (np.nan, 0.0)
    )

    assert unknown == {"surprise": 1.5}
    assert normal["surprise"] == 1.5
    assert np.isnan([normal["pr_auc"], normal["roc_auc"]]).all()


def test_one_score_for_all_rows_is_no_density() -> None:
    known = np.array([[0.0], [1.0], [0.0]])

    assert np.isnan(score_at_once(AnomalyScorer(), known, np.zeros((3, 1)))["surprise"])

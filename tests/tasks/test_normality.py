"""Which rows are anomalies: by how rare their label is, and only as far as labels say."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.mistakes import Asked
from automl.core.targets import named
from automl.tasks.catalog import fit_task
from automl.tasks.independent_columns import surprise_of_columns
from automl.tasks.normality import Normality, normality_of, usual_metric


def labels(**counts: int) -> np.ndarray:
    return np.array(
        [name.replace("none", "") for name, count in counts.items() for _ in range(count)], dtype=object
    )


@pytest.mark.parametrize(
    ("given", "known"),
    [
        (labels(none=20), Normality()),
        (labels(bad=5, good=15), Normality(anomaly="bad")),
        (labels(bad=5, good=15, none=80), Normality(anomaly="bad")),
        (labels(bad=5, none=15), Normality(anomaly="bad", others_normal=True)),
        (labels(good=15, none=5), Normality()),
    ],
)
def test_the_rarer_label_is_the_anomaly(given: np.ndarray, known: Normality) -> None:
    assert normality_of(given) == known


def test_rows_without_a_label_are_unknown_unless_a_single_rare_one_is_given() -> None:
    given = labels(bad=1, good=2, none=1)

    assert normality_of(given).encode(given)[:, 0].tolist()[:3] == [1.0, 0.0, 0.0]
    assert np.isnan(normality_of(given).encode(given)[3, 0])
    assert Normality(anomaly="bad", others_normal=True).encode(given)[3, 0] == 0.0
    assert np.isnan(Normality().encode(labels(none=2))).all()


@pytest.mark.parametrize(
    ("given", "metric", "said"),
    [
        (labels(none=50), "surprise", "no anomaly is labelled"),
        (labels(bad=9, good=90), "surprise", "only 9 anomalies"),
        (labels(bad=12, good=90), "pr_auc", "'bad' are taken for the anomalies: 12 rows"),
    ],
)
def test_trials_are_compared_by_labels_where_there_are_enough(
    given: np.ndarray, metric: str, said: str
) -> None:
    usual = usual_metric(named(given))

    assert usual is not None
    assert usual.metric.name == metric
    assert said in usual.note


def test_nothing_is_learned_from_known_anomalies() -> None:
    task = fit_task("anomaly", named(labels(bad=1, good=3)), names=("y",), facts={})
    encoded = task.encode(named(labels(bad=1, good=2, none=1)))

    loss = task.loss(task.options())(encoded, named(np.float32([[1000], [1], [2], [3]])))

    assert float(loss) == pytest.approx(6 / 4)


def test_columns_by_themselves_know_rare_values_and_categories() -> None:
    random = np.random.default_rng(0)
    train = {
        "numeric": random.normal(size=(500, 2)).astype(np.float32),
        "categorical": (random.random((500, 1)) < 0.02).astype(np.int32),
    }
    rows = {"numeric": np.float32([[0, 0], [0, 4], [0, 0]]), "categorical": np.int32([[0], [0], [1]])}

    usual, far, rare = surprise_of_columns(train, np.ones(500, bool), rows)[:, 0]

    assert far - usual == pytest.approx(8, rel=0.2)
    assert rare - usual == pytest.approx(-np.log(0.02), rel=0.3)


def test_metrics_of_labels_need_some() -> None:
    asked = {"asked": Asked(metrics=("roc_auc",))}

    assert fit_task("anomaly", named(labels(bad=1, good=3)), names=("y",), facts=asked)
    with pytest.raises(ConfigError, match="'roc_auc' needs labelled anomalies"):
        fit_task("anomaly", named(labels(none=4)), names=(), facts=asked)

"""The figures of a report by name."""

from __future__ import annotations

import pytest

from automl import Result
from automl.core.errors import ConfigError


def test_every_figure_of_the_report_has_a_name(wine_job):
    plots = wine_job.plot

    assert len(plots) > 10
    for name in plots:
        assert plots[name].plotly().layout.title.text
        assert getattr(plots, name)().figure == plots[name].figure
    assert {"history", "confusion_matrix", "curves_by_trial"} <= set(dir(plots))
    assert "confusion_matrix" in repr(plots)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("history", "Score against time"),
        ("curves", "Curves by trial"),
        ("confusion", "Confusion matrix"),
        ("Confusion matrix", "Confusion matrix"),
        ("calibration", "Calibration"),
        ("matrix", "Confusion matrix"),
    ],
)
def test_the_beginning_of_a_name_suffices(wine_job, name, title):
    plot = wine_job.plot[name]

    assert plot.figure.title == title
    assert "<svg" in plot._repr_html_()
    assert title in repr(plot)


def test_unknown_names_are_refused_with_the_nearest(wine_job, tmp_path):
    with pytest.raises(AttributeError, match=r"no figure 'confusoin_matrix'.*confusion_matrix"):
        wine_job.plot.confusoin_matrix()
    assert not hasattr(wine_job.plot, "_repr_html_")
    (tmp_path / "job.yaml").write_text("seed: 0\n")
    with pytest.raises(ConfigError, match=r"result\.json"):
        Result(tmp_path).plot["history"]
    assert dir(Result(tmp_path).plot)

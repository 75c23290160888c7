"""What a metric is, and the records of the metrics that come with this package.

Light at import, so that a wrong metric is refused before anything heavy is loaded. What computes them
stands beside: ``classification``, ``regression``, ``forecasting``, ``language``, ``detection``,
``verification``, ``transcription``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from automl.core.specs import Direction

SHARE, NATS, BITS, PER_CENT = "share", "nats", "bits", "%"
OF_TARGET, OF_TARGET_SQUARED = "unit of the target", "unit of the target, squared"
OF_DEVIATION, OF_DEVIATION_SQUARED = "standard deviations", "standard deviations, squared"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A figure that says how good predictions are.

    Attributes:
        name: as users write it, without ``val_``.
        direction: whether larger or smaller is better.
        unit: what it is measured in, in words; empty for a bare number.
        tie_breaker: rank among the losses that decide between equal scores, from 1: of those that a task
            measures the first decides, and smaller is better. 0 for a metric that never decides.
        stepped: whether it counts right answers, so that few examples give it few levels.
    """

    name: str
    direction: Direction
    unit: str = ""
    tie_breaker: int = 0
    stepped: bool = False

    def named(self, name: str) -> Metric | None:
        """Return itself, or None for another name."""
        return self if name == self.name else None


@dataclass(frozen=True, kw_only=True)
class NumberedMetric:
    """Metrics that differ in a whole number at the end of their names, such as ``precision_at_100``.

    Attributes:
        stem: what comes before the number.
        unit: see ``Metric``; larger is better, and they count right answers.
        usual: the number that is told where none is asked for.
    """

    stem: str
    unit: str
    usual: int

    def number(self, name: str) -> int | None:
        """Return the number at the end of a name, None for the name of something else."""
        found = re.fullmatch(rf"{re.escape(self.stem)}([1-9]\d{{0,8}})", name, re.ASCII)
        return int(found[1]) if found else None

    def named(self, name: str) -> Metric | None:
        """Return the metric of that name, or None for the name of something else."""
        if self.number(name) is None:
            return None
        return Metric(name=name, direction="maximize", unit=self.unit, stepped=True)

    def at(self, number: int) -> str:
        """Return the name with a number."""
        return f"{self.stem}{number}"


ACCURACY = Metric(name="accuracy", direction="maximize", unit=SHARE, stepped=True)
BALANCED_ACCURACY = Metric(name="balanced_accuracy", direction="maximize", unit=SHARE, stepped=True)
F1_MACRO = Metric(name="f1_macro", direction="maximize", unit=SHARE, stepped=True)
ROC_AUC = Metric(name="roc_auc", direction="maximize", unit=SHARE)
PR_AUC = Metric(name="pr_auc", direction="maximize", unit=SHARE)
LOG_LOSS = Metric(name="log_loss", direction="minimize", unit=NATS, tie_breaker=1)

PRECISION_AT = NumberedMetric(stem="precision_at_", unit=SHARE, usual=100)
"""Of so many rows with the highest probabilities, the share that is of the class that is looked for."""
RECALL_AT = NumberedMetric(stem="recall_at_1_in_", unit=SHARE, usual=100)
"""Share of the class that is found where one of so many rows of the other class raises a false alarm."""
EXPECTED_COST = Metric(name="expected_cost", direction="minimize", unit="cost of a row", stepped=True)

EQUALIZED_ODDS = Metric(name="equalized_odds_difference", direction="minimize", unit=SHARE, stepped=True)
DEMOGRAPHIC_PARITY = Metric(
    name="demographic_parity_difference", direction="minimize", unit=SHARE, stepped=True
)

RMSE = Metric(name="rmse", direction="minimize", unit=OF_TARGET, tie_breaker=4)
MAE = Metric(name="mae", direction="minimize", unit=OF_TARGET, tie_breaker=5)
R2 = Metric(name="r2", direction="maximize", unit=SHARE)
PEARSON = Metric(name="pearson", direction="maximize")
SPEARMAN = Metric(name="spearman", direction="maximize")

SKILL = Metric(name="skill", direction="maximize", unit=SHARE)

MSE_SCALED = Metric(name="mse_scaled", direction="minimize", unit=OF_DEVIATION_SQUARED, tie_breaker=2)
MAE_SCALED = Metric(name="mae_scaled", direction="minimize", unit=OF_DEVIATION)
MSE = Metric(name="mse", direction="minimize", unit=OF_TARGET_SQUARED, tie_breaker=3)
SMAPE = Metric(name="smape", direction="minimize", unit=PER_CENT)
MASE = Metric(name="mase", direction="minimize")

NATS_PER_TOKEN = Metric(name="nats_per_token", direction="minimize", unit=NATS)
BITS_PER_CHARACTER = Metric(name="bits_per_character", direction="minimize", unit=BITS)
PERPLEXITY = Metric(name="perplexity", direction="minimize")

SURPRISE = Metric(name="surprise", direction="minimize", unit=NATS)

DICE = Metric(name="dice", direction="maximize", unit=SHARE)
MEAN_IOU = Metric(name="mean_iou", direction="maximize", unit=SHARE)
PIXEL_ACCURACY = Metric(name="pixel_accuracy", direction="maximize", unit=SHARE)

WER = Metric(name="wer", direction="minimize", unit="errors per word", stepped=True)
CER = Metric(name="cer", direction="minimize", unit="errors per character", stepped=True)
CTC_NATS = Metric(name="ctc_nats", direction="minimize", unit=NATS, tie_breaker=1)

MAP = Metric(name="map", direction="maximize", unit=SHARE)
MAP50 = Metric(name="map50", direction="maximize", unit=SHARE)
MAP75 = Metric(name="map75", direction="maximize", unit=SHARE)
AR100 = Metric(name="ar100", direction="maximize", unit=SHARE)

TAR10 = Metric(name="tar_at_10pct_far", direction="maximize", unit=SHARE)
TAR1 = Metric(name="tar_at_1pct_far", direction="maximize", unit=SHARE)
EER = Metric(name="equal_error_rate", direction="minimize", unit=SHARE)
RANK1 = Metric(name="rank1", direction="maximize", unit=SHARE)
OVERLAP = Metric(name="overlap", direction="minimize", unit=SHARE, tie_breaker=6)
NDCG = Metric(name="ndcg_at_10", direction="maximize", unit=SHARE)
HIT_RATE = Metric(name="hit_rate_at_10", direction="maximize", unit=SHARE, stepped=True)
RECALL = Metric(name="recall_at_10", direction="maximize", unit=SHARE)
MRR = Metric(name="mrr_at_10", direction="maximize", unit=SHARE)
MAP_AT = Metric(name="map_at_10", direction="maximize", unit=SHARE)
COVERAGE = Metric(name="coverage_at_10", direction="maximize", unit=SHARE)

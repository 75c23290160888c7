"""A joint task: a number and yes or no for each example, learned by one model."""

from __future__ import annotations

import numpy as np
import pandas as pd
from automl_toys.spots import Spots

from automl.data.cells import as_number
from automl.metrics.metric import Metric
from automl.tasks.declaration import TargetFacts, TaskDeclaration


class Sale(Spots):
    """Two columns: numbers, and yes or no; read as ``(n, 2) float64``."""

    single = False

    def recognises(self, frame, where, *, numbered):
        """Take a column of numbers and one of yes and no, in this order."""
        if frame.shape[1] != 2 or as_number(frame.iloc[:, 0])[1]:
            return False
        return set(frame.iloc[:, 1].astype(str)) <= {"yes", "no"}

    def facts(self, frame):
        """Tell the kind."""
        return TargetFacts(kind=SALE.targets)

    def read(self, frame, where, flags):
        """Read the number, and 1 for yes."""
        numbers, sold = as_number(frame.iloc[:, 0])[0], frame.iloc[:, 1].astype(str) == "yes"
        values = np.stack([numbers, sold.to_numpy(np.float64)], axis=1)
        return values, ~np.isnan(values).any(axis=1)

    def words(self, targets):
        """Tell the share of yes."""
        return f", {100 * np.mean(targets[:, 1]):.3g}% sold"

    def label_type(self, frame: pd.DataFrame, *, typed):
        """Predictions are numbers and words."""
        return "str"


KIND = Sale()

SALE = TaskDeclaration(
    name="sale",
    words="a price and whether it is paid",
    module="automl_toys.sale_task",
    metrics=(
        Metric(name="sale_error", direction="minimize"),
        Metric(name="price.mae", direction="minimize", unit="unit of the target"),
        Metric(name="sold.error", direction="minimize", unit="share"),
    ),
    targets="automl_toys.sale:KIND",
)

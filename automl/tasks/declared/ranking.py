"""Declaration of ranking: the items that a user will deal with next, the likeliest first."""

from __future__ import annotations

from automl.metrics.metric import COVERAGE, HIT_RATE, MAP_AT, MRR, NDCG, RECALL
from automl.tasks.declaration import ITEM_SET, TaskDeclaration

RANKING = TaskDeclaration(
    name="ranking",
    words="ranking",
    module="automl.tasks.kinds.ranking",
    metrics=(NDCG, HIT_RATE, RECALL, MRR, MAP_AT, COVERAGE),
    targets=ITEM_SET,
    needs=("item_scores", "trained_item_scores"),
    evidence="automl.tasks.evidence.ranking:evidence",
    heads=("temperature",),
    lists=("item", "score"),
    training_outputs=("own_loss",),
    recommends=True,
    made_for="automl recommend {folder} --user ID",
)

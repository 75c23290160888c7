"""Declaration of language modelling: the next token at each place of a running text."""

from __future__ import annotations

from automl.metrics.metric import BITS_PER_CHARACTER, NATS_PER_TOKEN, PERPLEXITY
from automl.tasks.declaration import BY_TIME, CONTINUATION, TaskDeclaration

LANGUAGE_MODEL = TaskDeclaration(
    name="language_model",
    words="language modelling",
    module="automl.tasks.kinds.language_model",
    metrics=(BITS_PER_CHARACTER, NATS_PER_TOKEN, PERPLEXITY),
    targets=CONTINUATION,
    needs=("scores",),
    split=BY_TIME,
    # a text is written token by token by one network, which remembers what it has read
    blend="",
    evidence="automl.tasks.evidence.language_model:evidence",
    heads=("token_logits",),
    made_for="automl generate {folder} --prompt TEXT",
)

"""Declaration of transcription: what is said in a recording, as text."""

from __future__ import annotations

from automl.metrics.metric import CER, CTC_NATS, WER
from automl.tasks.declaration import TRANSCRIPT, TaskDeclaration

TRANSCRIPTION = TaskDeclaration(
    name="transcription",
    words="speech recognition",
    module="automl.tasks.kinds.transcription",
    metrics=(WER, CER, CTC_NATS),
    targets=TRANSCRIPT,
    needs=("frames",),
    # networks write their characters at steps of their own, so texts of several have no mean
    blend="",
    evidence="automl.tasks.evidence.transcription:evidence",
    heads=("character_scores",),
)

import numpy as np

from automl.core.targets import TARGET
from automl.testing.samples import TaskSample
from automl.testing.tensors import SPEECH

SAMPLE = TaskSample(
    name="transcription",
    targets={TARGET: np.array(["yes", "no no", "yes no", "no"] * 10, dtype=object)},
    names=("transcript",),
    feature=(24, 5),
    facts={"unit": "word"},
    tensors=SPEECH,
)

import numpy as np

from automl.core.targets import TARGET
from automl.testing.samples import TaskSample
from automl.testing.tensors import ids_of_text

COUNTS = np.tile(np.array([[0, 6, 6]], np.float32), (24, 1))
SAMPLE = TaskSample(
    name="language_model",
    targets={TARGET: COUNTS},
    names=("next character",),
    feature=(7, 6),
    facts={"unit": "character", "known": "abcd", "length": 6, "shares": [0, 0.1, 0.3, 0.2, 0.2, 0.2]},
    inputs={"text": np.array(["abcdabc", "bbbbcda"] * 3, object)},
    tensors=(ids_of_text(7, 6),),
)

import numpy as np

from automl.testing.samples import TaskSample
from tests.contracts.samples.tasks.detection import SAMPLE as OF_BOXES
from tests.contracts.samples.tasks.segmentation import FORM

RANDOM = np.random.default_rng(0)
SAMPLE = TaskSample(
    name="joint",
    title="joint of boxes and masks",
    targets={
        "boxes": OF_BOXES.targets["target"],
        "mask": RANDOM.integers(-1, 3, (40, 6, 8)).astype(np.int16),
    },
    names=("boxes", "mask"),
    feature=OF_BOXES.feature,
    facts={
        "parts": {"boxes": "detection", "mask": "segmentation"},
        "masks": FORM.as_json(),
        **OF_BOXES.facts,
    },
    tensors=OF_BOXES.tensors,
)

import numpy as np

from automl.core.targets import TARGET
from automl.tasks.mask_files import MaskForm
from automl.testing.samples import TaskSample

RANDOM = np.random.default_rng(0)
FORM = MaskForm(values=(0, 7, 255), titles=("0", "7", "255"))
SAMPLE = TaskSample(
    name="segmentation",
    targets={TARGET: RANDOM.integers(-1, 3, (40, 6, 5)).astype(np.int16)},
    feature=(6, 5, 3),
    facts={"masks": FORM.as_json()},
)

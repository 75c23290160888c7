from automl.testing.samples import FamilySample
from automl.testing.tensors import PICTURES

SAMPLE = FamilySample(
    name="image/vision_transformer",
    tensors=PICTURES,
    small={"width": 8, "depth": 1, "heads": 2, "stem_filters": 4},
    one={"dropout": 0.2, "shift": 0.1, "rotation": 0.05, "zoom": 0.1, "contrast": 0.2},
    other={"dropout": 0.4, "shift": 0.2, "rotation": 0.1, "zoom": 0.3, "contrast": 0.4},
)

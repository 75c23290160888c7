from automl.testing.samples import FamilySample
from automl.testing.tensors import VIDEOS

SAMPLE = FamilySample(name="video/motion", tensors=VIDEOS, one={"dropout": 0.1}, other={"dropout": 0.4})

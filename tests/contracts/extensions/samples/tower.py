from automl.testing.samples import FamilySample
from automl.testing.tensors import PICTURES

FAMILY = FamilySample(name="toys/tower", tensors=PICTURES, small={"filters": 4}, needs=("pyramid",))
WITH_NECK = FamilySample(name="toys/tower", tensors=PICTURES, small={"filters": 4, "channels": 4})

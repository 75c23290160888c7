from automl.testing.samples import NeckSample

SAMPLE = NeckSample(name="dense", features={"vector": (5,)})

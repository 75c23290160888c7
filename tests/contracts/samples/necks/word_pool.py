from automl.testing.samples import NeckSample

SAMPLE = NeckSample(name="word_pool", features={"steps": (6, 4), "mask": (6,)})

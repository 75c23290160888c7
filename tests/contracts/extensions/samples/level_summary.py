from automl.testing.samples import NeckSample

SAMPLE = NeckSample(name="level_summary", features={"pyramid": ((8, 8, 3), (4, 4, 3))})

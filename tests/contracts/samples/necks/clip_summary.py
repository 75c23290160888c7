from automl.testing.samples import NeckSample

SAMPLE = NeckSample(name="clip_summary", features={"steps": (6, 4)})

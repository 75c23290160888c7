from automl.testing.samples import NeckSample

SAMPLE = NeckSample(name="step_summary", features={"steps": (6, 4), "mask": (6,)})

from automl.testing.samples import NeckSample

SAMPLE = NeckSample(name="patch_summary", features={"steps": (6, 4)})

from automl.testing.samples import NeckSample

SAMPLE = NeckSample(name="map_summary", features={"map": (4, 4, 3)})

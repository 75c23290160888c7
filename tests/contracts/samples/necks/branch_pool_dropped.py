from automl.testing.samples import NeckSample

SAMPLE = NeckSample(name="branch_pool_dropped", features={"branches": ((6, 4), (6, 3)), "mask": (6,)})

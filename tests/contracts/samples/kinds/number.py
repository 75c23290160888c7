from automl.testing.samples import KindSample

SAMPLE = KindSample(
    name="number",
    cells=lambda folder: [str(place / 4) for place in range(12)],
    other=("7.5", "", "1e3"),
    dtype="float64",
    tensors=("numeric", "ranks"),
)

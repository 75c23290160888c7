from automl.testing.samples import KindSample

SAMPLE = KindSample(
    name="category",
    cells=lambda folder: ["tea", "coffee", "milk"] * 4,
    other=("milk", "", "water"),
    dtype="object",
    tensors=("categorical",),
)

from automl.testing.samples import KindSample

SAMPLE = KindSample(
    name="glyph",
    cells=lambda folder: ["010/111/010", "111/000/111", "101/010/101"] * 4,
    other=("000/000/000",),
    dtype="float32",
    tensors=("image",),
)

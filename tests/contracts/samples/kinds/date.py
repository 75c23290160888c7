from automl.testing.samples import KindSample

SAMPLE = KindSample(
    name="date",
    cells=lambda folder: [f"2024-03-{day:02d} 08:00" for day in range(1, 13)],
    other=("1999-12-31 23:59", "", "2030-01-01 00:00"),
    dtype="int64",
    tensors=("numeric", "ranks", "categorical"),
)

from automl.testing.samples import KindSample

WORDS = ["a", "red", "green", "small", "large", "thing", "of", "clay", "glass", "for", "tea", "wine"]

SAMPLE = KindSample(
    name="text",
    cells=lambda folder: [" ".join((WORDS * 2)[place : place + 6]) for place in range(12)],
    other=("a thing never seen", "", "red"),
    dtype="object",
    tensors=("tokens", "ngrams", "ngram_weights"),
)

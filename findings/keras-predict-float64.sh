#!/usr/bin/env bash
# Keras: `predict` and `predict_on_batch` disagree about the same float64 array.
#
# Packages: keras 3.15.1, jax 0.10.2, numpy 2.4.6
#
# Guess: A model with a float64 input and float64 layers sees the float64 array that it is given,
# whichever method is called.
#
# Instead: `predict` (like `fit` and `evaluate`) casts every float array to `floatx`, float32,
# before the model sees it, without a word; `predict_on_batch` and calling the model do not. One
# array, two answers, and both are returned as float64. The TensorFlow backend does the same.
#
# Output seen (the script fails when it changes):
#> predict: 0.0 float64
#> predict_on_batch: 1.0 float64
#> call: 1.0 float64
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'keras==3.15.1' 'jax==0.10.2' 'numpy==2.4.6'

KERAS_BACKEND=jax JAX_ENABLE_X64=1 JAX_PLATFORMS=cpu "$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import numpy as np
import keras

inputs = keras.Input((1,), dtype="float64")
outputs = keras.layers.Rescaling(1.0, offset=-1e9, dtype="float64")(inputs)
model = keras.Model(inputs, outputs)
rows = np.array([[1e9 + 1]])

for name, answer in {
    "predict": model.predict(rows, verbose=0),
    "predict_on_batch": model.predict_on_batch(rows),
    "call": model(rows),
}.items():
    print(f"{name}: {float(answer[0, 0])} {answer.dtype}")
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }

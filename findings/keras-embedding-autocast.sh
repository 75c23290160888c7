#!/usr/bin/env bash
# Keras: a tied embedding multiplies in 16 or in 32 bits, by who calls it.
#
# Packages: keras 3.15.1, jax 0.10.2, numpy 2.4.6
#
# Guess: A layer of the policy mixed_float16 computes in float16 wherever it is called, so a model gives
# the same numbers by itself and as a layer of another model.
#
# Instead: embeddings are layers without autocast. Called within a model of mixed precision that is itself
# called as a layer, that switches casting off, and `ReversibleEmbedding(..., reverse=True)` multiplies by
# its float32 table; called with nothing around it, the policy is mixed, and the table is cast to float16.
# A model that is loaded again has a plain policy of its own, so its answers differ from those before saving.
#
# Output seen (the script fails when it changes):
#> by itself: float16
#> within a model of mixed precision: float32
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'keras==3.15.1' 'jax==0.10.2' 'numpy==2.4.6'

KERAS_BACKEND=jax JAX_PLATFORMS=cpu "$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import numpy as np
import keras

keras.config.set_dtype_policy("mixed_float16")
table = keras.layers.ReversibleEmbedding(5, 3)
table.build()


class Outer(keras.layers.Layer):
    def call(self, vectors):
        return table(vectors, reverse=True)


vectors = np.ones((2, 3), "float16")
print("by itself:", table(vectors, reverse=True).dtype)
print("within a model of mixed precision:", Outer()(vectors).dtype)
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }

#!/usr/bin/env bash
# Keras on JAX: when is TensorFlow imported?
#
# Packages: keras 3.15.1, jax 0.10.2, tensorflow 2.21.0
#
# Guess: With KERAS_BACKEND=jax, TensorFlow stays out of the process unless a `tf.data` pipeline comes in.
#
# Instead: Describing a layer is enough: `serialize_keras_object`, on the way of `get_config`, `clone_model`
# and `save`, imports TensorFlow where it is installed. Building, compiling and training do not.
#
# Output seen (the script fails when it changes):
#> after training on jax: tensorflow is not imported
#> after serialize_keras_object: tensorflow is imported
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'keras==3.15.1' 'jax==0.10.2' 'tensorflow==2.21.0'

KERAS_BACKEND=jax TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PY' 2>/dev/null | tee "$folder/seen"
import sys

import keras
import numpy as np


def told(when):
    print(f"after {when}: tensorflow is {'' if 'tensorflow' in sys.modules else 'not '}imported")


layer = keras.layers.Dense(1)
model = keras.Sequential([keras.Input((2,)), layer])
model.compile("adam", "mse")
model.fit(np.zeros((8, 2)), np.zeros((8, 1)), verbose=0)
told(f"training on {keras.backend.backend()}")
keras.saving.serialize_keras_object(layer)
told("serialize_keras_object")
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }

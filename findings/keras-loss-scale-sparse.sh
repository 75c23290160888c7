#!/usr/bin/env bash
# Keras on TensorFlow: does loss scaling notice an infinite gradient of an embedding?
#
# Packages: keras 3.15.1, tensorflow 2.21.0
#
# Guess: LossScaleOptimizer skips a step whenever any gradient holds an infinite number.
#
# Instead: An embedding's gradients are sparse, one slice for each use of a row. Before Keras looks, it
# makes them dense by writing slice after slice, so of a row that is used twice only the last slice is
# seen. The step itself adds the slices up: whether the infinite one comes first or last decides between
# a skipped step and lost weights.
#
# Output seen (the script fails when it changes):
#> finite slice last: weights [[0.0], [-inf], [0.0]], scale 32768
#> infinite slice last: weights [[0.0], [0.0], [0.0]], scale 16384
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'keras==3.15.1' 'tensorflow==2.21.0'

TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PY' 2>/dev/null | tee "$folder/seen"
import keras
import numpy as np
import tensorflow as tf

ORDERS = {"finite slice last": [[np.inf], [1.0]], "infinite slice last": [[1.0], [np.inf]]}

for name, slices in ORDERS.items():
    table = keras.Variable(np.zeros((3, 1), "float32"))
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(1.0))
    optimizer.build([table])
    gradient = tf.IndexedSlices(tf.constant(slices), tf.constant([1, 1]), tf.constant([3, 1]))
    optimizer.apply([gradient], [table])
    print(f"{name}: weights {table.numpy().tolist()}, scale {float(optimizer.dynamic_scale):.0f}")
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }

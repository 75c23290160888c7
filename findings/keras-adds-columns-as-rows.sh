#!/usr/bin/env bash
# Keras on TensorFlow: a column that is added to a square matrix is added as if it were a row.
#
# Packages: tensorflow 2.21.0, keras 3.15.1, numpy 2.4.6
#
# Guess: `keras.ops.add` broadcasts as NumPy does.
#
# Instead: where all sides but one of the second array are 1, it is taken for a bias, is squeezed to a vector
# and is added along the last axis if that has its length, else along the second one, without an error. So a
# column goes onto a square matrix as a row, and one level per example goes onto as many examples as there
# are steps as one per step: a forecaster of 12 steps is right for 11 or 13 examples at once and wrong for 12.
# `keras.ops.subtract`, the `+` of TensorFlow's own tensors and other backends are right; in graphs it depends on
# whether the number of examples is known.
#
# Output seen (the script fails when it changes):
#> column on a square matrix: [[0.0, 1.0], [0.0, 1.0]]
#> NumPy: [[0.0, 0.0], [1.0, 1.0]]
#> subtract a negative column: [[0.0, 0.0], [1.0, 1.0]]
#> a model of 2 steps for 2 examples at once: [[0.0, 1.0], [0.0, 1.0]]
#> the same for 3 examples: [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    'tensorflow==2.21.0' 'keras==3.15.1' 'numpy==2.4.6'

TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow "$folder/venv/bin/python" - 2> "$folder/messages" <<'PY' | tee "$folder/seen"
import keras
import numpy as np

MATRIX, COLUMN = np.zeros((2, 2), np.float32), np.array([[0], [1]], np.float32)


def shown(title, values):
    print(f"{title}: {np.asarray(values).tolist()}")


shown("column on a square matrix", keras.ops.add(MATRIX, COLUMN))
shown("NumPy", MATRIX + COLUMN)
shown("subtract a negative column", keras.ops.subtract(MATRIX, -COLUMN))

steps, level = keras.Input((2, 1)), keras.Input((1, 1))
model = keras.Model([steps, level], keras.layers.Flatten()(steps + level))
for title, rows in (("a model of 2 steps for 2 examples at once", 2), ("the same for 3 examples", 3)):
    levels = np.arange(rows, dtype=np.float32)[:, None, None]
    shown(title, model([np.zeros((rows, 2, 1), np.float32), levels]))
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; cat "$folder/messages" >&2; exit 1; }

#!/usr/bin/env bash
# LiteRT: the converter makes a file of a product of a row and a matrix, and none of a vector and the same matrix.
#
# Packages: tensorflow 2.21.0, numpy 2.4.6
#
# Guess: `tf.tensordot(x, m, 1)` of x `(5,)` and m `(5, 3)` is, in the graph, a reshaping of x to `(1, 5)`, a matrix
# product, and a reshaping back, as if one had written `tf.matmul(x[None], m)[0]`; so both are converted.
#
# Instead: the graph is as guessed, and the converter takes the reshaping out and is left with a product of a
# vector, which its own check refuses: "'tfl.batch_matmul' op failed to verify that operand 0 is 2-D". A
# constant matrix becomes `FULLY_CONNECTED` and is fine. `tf.linalg.matvec` and the row are fine, too.
#
# Output seen (the script fails when it changes):
#> tensordot of a vector: 'tfl.batch_matmul' op failed to verify that operand 0 is 2-D
#> tensordot of a vector and a constant: written
#> matmul of a row: written
#> matvec: written
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'tensorflow==2.21.0' 'numpy==2.4.6'

TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - 2> "$folder/messages" <<'PY' | tee "$folder/seen"
import re

import numpy as np
import tensorflow as tf

VECTOR, MATRIX = tf.TensorSpec((5,), tf.float32), tf.TensorSpec((5, 3), tf.float32)


def shown(title, product, *taken):
    function = tf.function(product, input_signature=taken)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()])
    try:
        converter.convert()
        print(f"{title}: written")
    except Exception as error:
        print(f"{title}: {re.search(r'.tfl[.][a-z_]+. op .*', str(error)).group()}")


constant = np.ones((5, 3), np.float32)
shown("tensordot of a vector", lambda x, m: tf.tensordot(x, m, 1), VECTOR, MATRIX)
shown("tensordot of a vector and a constant", lambda x: tf.tensordot(x, constant, 1), VECTOR)
shown("matmul of a row", lambda x, m: tf.matmul(x[None], m)[0], VECTOR, MATRIX)
shown("matvec", lambda x, m: tf.linalg.matvec(m, x, transpose_a=True), VECTOR, MATRIX)
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; cat "$folder/messages" >&2; exit 1; }

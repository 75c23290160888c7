#!/usr/bin/env bash
# Keras: `ops.argmax` of floats cannot be written as ONNX or for LiteRT; `tf.argmax` can.
#
# Packages: tensorflow 2.21.0, keras 3.15.1, tf2onnx 1.17.0, onnx 1.23.2, numpy 2.4.6
#
# Guess: the place of the largest score is one operation, `ArgMax`, in the graph that TensorFlow traces of
# `keras.ops.argmax`. Both converters have one like it, so a model that ends in it goes to either.
#
# Instead: Keras first looks at the bit of the sign, to tell -0.0 from 0.0, and replaces it by the smallest
# negative number. In the graph that is `Bitcast` and `BitwiseAnd`. tf2onnx leaves `Bitcast` in the file as it
# is, with a message in its log and no error, and ONNX has none; LiteRT's converter stops at `BitwiseAnd`.
# `keras.ops.top_k(scores, 1)` gives the same places, and goes to both.
#
# Output seen (the script fails when it changes):
#> keras.ops.argmax: Bitcast and BitwiseAnd in the graph, ONNX keeps ['Bitcast'], LiteRT has no tf.BitwiseAnd
#> tf.argmax: ONNX keeps [], LiteRT is written
#> keras.ops.top_k: ONNX keeps [], LiteRT is written
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    'tensorflow==2.21.0' 'keras==3.15.1' 'tf2onnx==1.17.0' 'onnx==1.23.2' 'numpy==2.4.6'

TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - 2> "$folder/messages" <<'PY' | tee "$folder/seen"
import re

import keras
import onnx
import tensorflow as tf
import tf2onnx


def written(title, place):
    function = tf.function(place, input_signature=[tf.TensorSpec((2, 3), tf.float32)])
    concrete = function.get_concrete_function()
    bits = {"Bitcast", "BitwiseAnd"} & {node.op for node in concrete.graph.as_graph_def().node}
    content, _ = tf2onnx.convert.from_function(function, function.input_signature, opset=18)
    left = sorted({node.op_type for node in content.graph.node if not onnx.defs.has(node.op_type, node.domain)})
    try:
        tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert()
        lite = "LiteRT is written"
    except Exception as error:
        lite = f"LiteRT has no {re.search(r'tf[.]Bit[A-Za-z]+', str(error)).group()}"
    seen = [f"{' and '.join(sorted(bits))} in the graph"] if bits else []
    print(f"{title}: {', '.join([*seen, f'ONNX keeps {left}', lite])}")


written("keras.ops.argmax", lambda scores: keras.ops.argmax(scores, axis=-1))
written("tf.argmax", lambda scores: tf.argmax(scores, axis=-1))
written("keras.ops.top_k", lambda scores: keras.ops.top_k(scores, 1)[1])
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; cat "$folder/messages" >&2; exit 1; }

#!/usr/bin/env bash
# tf2onnx: the one-hot vector of -1, zeros in TensorFlow, has a one at the last place in the ONNX file.
#
# Packages: tensorflow 2.21.0, tf2onnx 1.17.0, onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6
#
# Guess: `tf.one_hot` of an index outside of its depth is a row of zeros, in the converted file as well.
#
# Instead: ONNX counts indices below 0 from the end, and the converter hands them on. Those at the depth or
# above are zeros in both. So what stands for "none" must not be -1.
#
# Output seen (the script fails when it changes):
#> TensorFlow: [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
#> ONNX: [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    'tensorflow==2.21.0' 'tf2onnx==1.17.0' 'onnx==1.23.2' 'onnxruntime==1.32.0' 'numpy==2.4.6'

TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - 2> "$folder/messages" <<'PY' | tee "$folder/seen"
import numpy as np
import onnxruntime
import tensorflow as tf
import tf2onnx

PLACES = np.array([0, -1, 3], np.int32)

function = tf.function(lambda places: tf.one_hot(places, 3), input_signature=[tf.TensorSpec((None,), tf.int32)])
content, _ = tf2onnx.convert.from_function(function, function.input_signature, opset=18)
session = onnxruntime.InferenceSession(content.SerializeToString(), providers=["CPUExecutionProvider"])
print("TensorFlow:", function(PLACES).numpy().tolist())
print("ONNX:", session.run(None, {session.get_inputs()[0].name: PLACES})[0].tolist())
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; cat "$folder/messages" >&2; exit 1; }

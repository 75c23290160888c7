#!/usr/bin/env bash
# tf2onnx: a cross-entropy of about 90 and more is infinite in the ONNX file, and inexact well before.
#
# Packages: tensorflow 2.21.0, tf2onnx 1.17.0, onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6
#
# Guess: `tf.nn.sparse_softmax_cross_entropy_with_logits`, which is made to be exact for any scores, is converted to
# ONNX' `LogSoftmax` and gives the same: the surprise at a token that a language model calls impossible.
#
# Instead: the converter writes exponentials, a sum, a division and a logarithm behind it. Shares below 1e-38 lose
# their digits, and what is less than the least float32 is 0, of which the logarithm is taken.
#
# Output seen (the script fails when it changes):
#> TensorFlow: [60.0, 100.0, 120.0]
#> ONNX: [60.0, 99.98, inf], by Log and not LogSoftmax
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

SCORES = np.array([[0, 60], [0, 100], [0, 120]], np.float32)


def surprise(scores):
    first = tf.zeros(tf.shape(scores)[:1], tf.int32)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(first, scores)


def rounded(values):
    return [round(float(value), 2) for value in values]


function = tf.function(surprise, input_signature=[tf.TensorSpec((None, 2), tf.float32)])
content, _ = tf2onnx.convert.from_function(function, function.input_signature, opset=18)
session = onnxruntime.InferenceSession(content.SerializeToString(), providers=["CPUExecutionProvider"])
found = session.run(None, {session.get_inputs()[0].name: SCORES})[0]
kinds = {node.op_type for node in content.graph.node}
way = "by Log and not LogSoftmax" if "Log" in kinds and "LogSoftmax" not in kinds else "otherwise"

print(f"TensorFlow: {rounded(surprise(tf.constant(SCORES)))}")
print(f"ONNX: {rounded(found)}, {way}")
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; cat "$folder/messages" >&2; exit 1; }

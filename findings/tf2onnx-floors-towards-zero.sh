#!/usr/bin/env bash
# tf2onnx: a division of whole numbers that rounds down in TensorFlow rounds towards 0 in the ONNX file.
#
# Packages: tensorflow 2.21.0, tf2onnx 1.17.0, onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6
#
# Guess: `x // 86400` and `x % 86400` of int64 seconds give in the converted file what they give in TensorFlow,
# so that days before 1970 are told apart from the one behind them.
#
# Instead: the converter writes both by ONNX' `Div`, which rounds whole numbers towards 0, and without a
# correction; of floating-point numbers it writes `Floor` behind. So -1 is day 0 and second -1 of it, and a
# month or a weekday that follows is another one. ONNX has a `Mod` with the sign of the divisor, which is right.
#
# Output seen (the script fails when it changes):
#> TensorFlow: days [-2, -1, 0, 1], seconds [86399, 86399, 0, 1]
#> ONNX: days [-1, 0, 0, 1], seconds [-1, -1, 0, 1]
#> ONNX, float64: days [-2.0, -1.0, 0.0, 1.0], seconds [86399.0, 86399.0, 0.0, 1.0]
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

SECONDS = np.array([-86_401, -1, 0, 86_401], np.int64)


def parts(seconds):
    return seconds // 86_400, seconds % 86_400


def shown(title, found):
    days, seconds = (np.asarray(part).tolist() for part in found)
    print(f"{title}: days {days}, seconds {seconds}")


def converted(values):
    function = tf.function(parts, input_signature=[tf.TensorSpec((None,), values.dtype)])
    content, _ = tf2onnx.convert.from_function(function, function.input_signature, opset=18)
    session = onnxruntime.InferenceSession(content.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: values})


shown("TensorFlow", parts(tf.constant(SECONDS)))
shown("ONNX", converted(SECONDS))
shown("ONNX, float64", converted(SECONDS.astype(np.float64)))
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; cat "$folder/messages" >&2; exit 1; }

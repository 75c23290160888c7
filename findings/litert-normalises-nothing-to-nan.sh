#!/usr/bin/env bash
# Keras and LiteRT: a row of zeros that Keras normalises becomes NaN in the converted model.
#
# Packages: tensorflow 2.21.0, keras 3.15.1, ai-edge-litert 2.3.0, numpy 2.4.6
#
# Guess: `UnitNormalization` of a row of zeros (a text without known words) is zeros on TensorFlow, and so it
# is in the file that TensorFlow's converter makes of the layer, as with `tf.math.l2_normalize`.
#
# Instead: Keras multiplies by the smaller of 1 / sqrt(sum of squares) and a large number, and counts on the
# first being infinite for a sum of 0. The kernels that LiteRT takes by default (XNNPACK) make NaN of it, which
# is the smaller one; without them the row is zeros. `tf.math.l2_normalize` is one operation of
# LiteRT's own and bounds the sum of squares before the root, so it is right either way.
#
# Output seen (the script fails when it changes):
#> UnitNormalization, TensorFlow: [[0.6, 0.8, 0.0], [0.0, 0.0, 0.0]]
#> UnitNormalization, LiteRT: [[0.6, 0.8, 0.0], [nan, nan, nan]]
#> UnitNormalization, LiteRT without XNNPACK: [[0.6, 0.8, 0.0], [0.0, 0.0, 0.0]]
#> l2_normalize, LiteRT: [[0.6, 0.8, 0.0], [0.0, 0.0, 0.0]]
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    'tensorflow==2.21.0' 'keras==3.15.1' 'ai-edge-litert==2.3.0' 'numpy==2.4.6'

TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - 2> "$folder/messages" <<'PY' | tee "$folder/seen"
import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter, OpResolverType

ROWS = np.array([[3, 4, 0], [0, 0, 0]], np.float32)


def converted(function):
    signature = tf.function(function, input_signature=[tf.TensorSpec((2, 3), tf.float32)])
    return tf.lite.TFLiteConverter.from_concrete_functions([signature.get_concrete_function()]).convert()


def run(content, resolver):
    model = Interpreter(model_content=content, experimental_op_resolver_type=resolver)
    model.allocate_tensors()
    model.set_tensor(model.get_input_details()[0]["index"], ROWS)
    model.invoke()
    return model.get_tensor(model.get_output_details()[0]["index"])


def shown(title, values):
    print(f"{title}: {np.round(np.asarray(values, np.float64), 6).tolist()}")


layer = keras.layers.UnitNormalization()
content = converted(lambda rows: layer(rows))
shown("UnitNormalization, TensorFlow", layer(ROWS))
shown("UnitNormalization, LiteRT", run(content, OpResolverType.AUTO))
shown("UnitNormalization, LiteRT without XNNPACK", run(content, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES))
content = converted(lambda rows: tf.math.l2_normalize(rows, axis=-1))
shown("l2_normalize, LiteRT", run(content, OpResolverType.AUTO))
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; cat "$folder/messages" >&2; exit 1; }

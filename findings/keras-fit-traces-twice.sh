#!/usr/bin/env bash
# Keras on TensorFlow: the first `fit` of a built model traces its step twice, once if the optimizer is built.
#
# Packages: tensorflow 2.21.0, keras 3.15.1, numpy 2.4.6
#
# Guess: a model that knows its input has its weights when it is made, so `fit` traces the step of training
# once, and the loss is called once in Python.
#
# Instead: the optimizer makes its own variables while the step is traced, and `tf.function` traces a function
# whose first trace made variables a second time. `optimizer.build(model.trainable_variables)` before `fit`
# leaves one trace: the first `fit` of an EfficientNetB0 took 11 s of processor time instead of 19. On JAX two
# calls are one to build metrics and loss and one trace, with and without it.
#
# Output seen (the script fails when it changes):
#> input not known: 2 calls of the loss
#> input known: 2 calls of the loss
#> input known, optimizer built: 1 calls of the loss
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    'tensorflow==2.21.0' 'keras==3.15.1' 'numpy==2.4.6'

KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - 2> "$folder/messages" <<'PY' | tee "$folder/seen"
import keras
import numpy as np


def calls_of_the_loss(first, prepare):
    calls = []

    def loss(truth, found):
        calls.append(found)
        return keras.ops.mean(keras.ops.square(truth - found))

    model = keras.Sequential([*first, keras.layers.Dense(4), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(), loss=loss)
    prepare(model)
    rows = np.zeros((64, 3), "float32")
    model.fit(rows, rows[:, :1], batch_size=32, epochs=3, verbose=0)
    return len(calls)


def build_optimizer(model):
    model.optimizer.build(model.trainable_variables)


known = [keras.Input((3,))]
for title, first, prepare in (
    ("input not known", [], lambda model: None),
    ("input known", known, lambda model: None),
    ("input known, optimizer built", known, build_optimizer),
):
    print(f"{title}: {calls_of_the_loss(first, prepare)} calls of the loss")
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; cat "$folder/messages" >&2; exit 1; }

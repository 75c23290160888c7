#!/usr/bin/env bash
# Keras: a metric whose `result` returns its variable has the validation's score in the history of training.
#
# Packages: tensorflow 2.21.0, keras 3.15.1, numpy 2.4.6
#
# Guess: what `result` returns is read at the end of the steps of training, so `history["largest"]` holds the
# largest error on the rows of training, and `history["val_largest"]` that on the others.
#
# Instead: `fit` keeps what was returned and makes it a number after the validation, which uses the same metric.
# A variable holds the validation's value by then, and both histories are that one. Any operation on the
# variable gives a tensor, which stays what it was.
#
# Output seen (the script fails when it changes):
#> the variable: largest 9.0, val_largest 9.0
#> the variable + 0: largest 1.0, val_largest 9.0
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    'tensorflow==2.21.0' 'keras==3.15.1' 'numpy==2.4.6'

KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - 2> "$folder/messages" <<'PY' | tee "$folder/seen"
import keras
import numpy as np


class Largest(keras.metrics.Metric):
    def __init__(self, give):
        super().__init__(name="largest")
        self.give = give
        self.value = self.add_weight(name="value", initializer="zeros")

    def update_state(self, truth, found, sample_weight=None):
        error = keras.ops.max(keras.ops.abs(truth - found))
        self.value.assign(keras.ops.maximum(self.value, error))

    def result(self):
        return self.give(self.value)


def scores(title, give):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(0.0), "mse", metrics=[Largest(give)])
    rows = np.ones((8, 1), "float32")
    told = model.fit(rows, rows, validation_data=(rows, 9 * rows), verbose=0).history
    print(f"{title}: largest {told['largest'][0]}, val_largest {told['val_largest'][0]}")


scores("the variable", lambda value: value)
scores("the variable + 0", lambda value: value + 0)
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; cat "$folder/messages" >&2; exit 1; }

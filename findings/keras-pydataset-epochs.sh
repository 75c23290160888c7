#!/usr/bin/env bash
# Keras: a `PyDataset` ends one epoch before the first one begins.
#
# Packages: keras 3.15.1, jax 0.10.2, numpy 2.4.6
#
# Guess: `fit(epochs=3)` calls `on_epoch_end` three times, after each epoch, and asks for each of
# the four batches three times. With `steps_per_epoch=3` every epoch trains on three batches.
#
# Instead: Keras first takes a batch to learn its shape and then calls `on_epoch_end`, so there are
# four calls and the epoch counter of the data set is one ahead throughout: a schedule kept in the
# data set (harder examples, stronger augmentation) never shows its first stage in training. With
# `steps_per_epoch=3` out of 4 batches the second epoch trains on the one batch that is left (with a
# warning that data ran out). On TensorFlow two batches are taken beforehand instead of one.
#
# Output seen (the script fails when it changes):
#> {} asked (epoch:batch): 0:0 1:0 1:1 1:2 1:3 2:0 2:1 2:2 2:3 3:0 3:1 3:2 3:3
#> {} ends of epochs: 4, steps of the epochs: [4, 4, 4]
#> {'steps_per_epoch': 3} asked (epoch:batch): 0:0 1:0 1:1 1:2 2:3 3:0 3:1 3:2
#> {'steps_per_epoch': 3} ends of epochs: 4, steps of the epochs: [3, 1, 3]
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'keras==3.15.1' 'jax==0.10.2' 'numpy==2.4.6'

KERAS_BACKEND=jax JAX_PLATFORMS=cpu "$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import warnings

import numpy as np
import keras


class Batches(keras.utils.PyDataset):
    def __init__(self):
        super().__init__()
        self.epoch, self.asked = 0, []

    def __len__(self):
        return 4

    def __getitem__(self, index):
        self.asked.append(f"{self.epoch}:{index}")
        return np.ones((2, 1)), np.ones((2, 1))

    def on_epoch_end(self):
        self.epoch += 1


class Count(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.steps = []

    def on_epoch_begin(self, epoch, logs=None):
        self.steps.append(0)

    def on_train_batch_end(self, batch, logs=None):
        self.steps[-1] += 1


def fit(**options):
    data, count = Batches(), Count()
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(data, epochs=3, shuffle=False, verbose=0, callbacks=[count], **options)
    print(f"{options} asked (epoch:batch): {' '.join(data.asked)}")
    print(f"{options} ends of epochs: {data.epoch}, steps of the epochs: {count.steps}")


fit()
fit(steps_per_epoch=3)
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }

#!/usr/bin/env bash
# Keras: is a layer saved that only a property of another layer returns?
#
# Packages: keras 3.15.1, jax 0.10.2, h5py 3.16.0
#
# Guess: a file of weights holds what a model tracks: what was assigned to attributes of its layers.
#
# Instead: Saving looks at everything that `dir` names, so it calls properties, too. What one returns is
# written with all its weights, even where it is made anew for this one look and nothing else holds it. The
# model below has one parameter; its file has a million, and `count_params` does not tell.
#
# Output seen (the script fails when it changes):
#> parameters: 1, times the property was read: 0
#> saved: layers/scale/spare/vars/0 has 1000000 numbers
#> saved: layers/scale/spare/vars/1 has 1000 numbers
#> saved: layers/scale/vars/0 has 1 numbers
#> times the property was read: 1
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'keras==3.15.1' 'jax==0.10.2' 'h5py==3.16.0'

KERAS_BACKEND=jax "$folder/venv/bin/python" - "$folder/model.weights.h5" <<'PY' 2>/dev/null | tee "$folder/seen"
import sys

import h5py
import keras


class Scale(keras.layers.Layer):
    read = 0

    def build(self, shape):
        self.factor = self.add_weight(name="factor", shape=(1,))

    def call(self, inputs):
        return inputs * self.factor

    @property
    def spare(self):
        Scale.read += 1
        layer = keras.layers.Dense(1000)
        layer.build((None, 1000))
        return layer


model = keras.Sequential([keras.Input((1,)), Scale(name="scale")])
print(f"parameters: {model.count_params()}, times the property was read: {Scale.read}")
model.save_weights(sys.argv[1])
with h5py.File(sys.argv[1]) as file:
    sizes = {}
    file.visititems(lambda name, item: sizes.update({name: item.size}) if isinstance(item, h5py.Dataset) else None)
for name, size in sizes.items():
    print(f"saved: {name} has {size} numbers")
print(f"times the property was read: {Scale.read}")
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }

#!/usr/bin/env bash
# OpenVINO: a vector that is added to sums over the last of three axes meets the wrong rows.
#
# Packages: openvino 2026.4.1, numpy 2.4.6
#
# Guess: sums of an array (n, c, k) over k, plus a vector (c,), are what NumPy says, to rounding.
#
# Instead: the processor's plugin joins the addition (or a division, behind sums, means or largest values alike) to
# the reduction, and there the vector is no longer laid along c: with one row everything is right, with
# more the answers are others, without an error, for static and dynamic numbers of rows, whether the axis is
# kept or not. Without a reduction before it the vector is added rightly. So a model that is compared with its
# source on a single row passes. Seen on an x86-64 processor with AVX-512.
#
# Output seen (the script fails when it changes):
#> one row, plus a vector: right
#> three rows, plus a vector: wrong
#> three rows, divided by a vector: wrong
#> three rows, largest values, plus a vector: wrong
#> three rows, dynamic, plus a vector: wrong
#> three rows, axis kept, plus a vector: wrong
#> three rows, no reduction, plus a vector: right
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'openvino==2026.4.1' 'numpy==2.4.6'

"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import numpy as np
import openvino as ov
from openvino import opset13 as op

VECTOR = np.array([10, 20], np.float32)
LAST = np.array([-1], np.int64)


def judged(title, rows, *, reduce=op.reduce_sum, by=np.sum, then=op.add, means=np.add, keep=False, dynamic=False):
    values = np.arange(rows * 2 * 3, dtype=np.float32).reshape(rows, 2, 3)
    taken = op.parameter(ov.PartialShape([-1 if dynamic else rows, 2, 3]), np.float32)
    vector = VECTOR[:, None] if keep else VECTOR
    inside = reduce(taken, op.constant(LAST), keep) if reduce else op.squeeze(
        op.slice(taken, np.array([0]), np.array([1]), np.array([1]), LAST), op.constant(LAST)
    )
    model = ov.Model([then(inside, op.constant(vector))], [taken])
    found = next(iter(ov.compile_model(model, "CPU")(values).values()))
    sums = by(values, axis=-1, keepdims=keep) if reduce else values[:, :, 0]
    right = np.allclose(found, means(sums, vector), rtol=1e-5)
    print(f"{title}: {'right' if right else 'wrong'}")


judged("one row, plus a vector", 1)
judged("three rows, plus a vector", 3)
judged("three rows, divided by a vector", 3, then=op.divide, means=np.divide)
judged("three rows, largest values, plus a vector", 3, reduce=op.reduce_max, by=np.max)
judged("three rows, dynamic, plus a vector", 3, dynamic=True)
judged("three rows, axis kept, plus a vector", 3, keep=True)
judged("three rows, no reduction, plus a vector", 3, reduce=None)
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }

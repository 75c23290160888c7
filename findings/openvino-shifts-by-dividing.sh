#!/usr/bin/env bash
# OpenVINO: a shift of whole numbers to the right is a division in float32, so large numbers come out wrong.
#
# Packages: openvino 2026.4.1, onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6
#
# Guess: ONNX' `BitShift` of whole numbers gives in OpenVINO what it gives in ONNX Runtime, bit by bit: hashes of
# words and n-grams, which are shifted and folded, name the same bucket in both.
#
# Instead: OpenVINO makes it a division, which its CPU plugin carries out with the 24 bits of a float32 and rounds.
# Up to 2^24 all is well; from there on a shift by one place is off by one here and there, without a message.
# 64 bits do not help. Hashed texts then look up other rows of an embedding: pairs of texts were off by .04 to .08.
#
# Output seen (the script fails when it changes):
#> uint32: ONNX Runtime [8388607, 8388608, 16777217, 1073741823], OpenVINO [8388607, 8388608, 16777218, 1073741824]
#> uint64: ONNX Runtime [8388607, 8388608, 16777217, 1073741823], OpenVINO [8388607, 8388608, 16777218, 1073741824]
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    'openvino==2026.4.1' 'onnx==1.23.2' 'onnxruntime==1.32.0' 'numpy==2.4.6'

"$folder/venv/bin/python" - "$folder/model.onnx" <<'PY' | tee "$folder/seen"
import sys

import numpy as np
import onnx
import onnxruntime
import openvino
from onnx import TensorProto, helper, numpy_helper

GIVEN = [2**24 - 1, 2**24 + 1, 2**25 + 3, 2**31 - 1]


def shown(kind, dtype):
    graph = helper.make_graph(
        [helper.make_node("BitShift", ["given", "one"], ["half"], direction="RIGHT")],
        "graph",
        [helper.make_tensor_value_info("given", kind, [4])],
        [helper.make_tensor_value_info("half", kind, [4])],
        [numpy_helper.from_array(np.array([1], dtype), "one")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(made, full_check=True)
    onnx.save(made, sys.argv[1])
    given = np.array(GIVEN, dtype)
    session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
    usual = session.run(None, {"given": given})[0].tolist()
    other = openvino.compile_model(openvino.convert_model(sys.argv[1]), "CPU")([given])[0].tolist()
    print(f"{dtype.__name__}: ONNX Runtime {usual}, OpenVINO {other}")


shown(TensorProto.UINT32, np.uint32)
shown(TensorProto.UINT64, np.uint64)
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }

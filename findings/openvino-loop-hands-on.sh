#!/usr/bin/env bash
# OpenVINO: an ONNX loop whose body hands a value on unchanged is refused; with an Identity between it is read.
#
# Packages: openvino 2026.4.1, onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6
#
# Guess: A `Loop` that carries a total and a vector, and whose body gives the vector back by the name that it has
# come in by, is valid ONNX, and OpenVINO runs it as ONNX Runtime does.
#
# Instead: OpenVINO's reader counts the vector twice, once as an input and once as an output of the body, and
# says that the body's inputs do not match what is carried. tf2onnx writes every loop of TensorFlow that only
# reads something (weights, the steps of a series) in that form, so that recurrent layers and loops of all kinds
# seem to be out of reach. An `Identity` between the two names is all it takes.
#
# Output seen (the script fails when it changes):
#> handed on by name: ONNX Runtime [4.0, 8.0], OpenVINO refuses: canonical inputs size (5), does not match (4)
#> handed on by an Identity: ONNX Runtime [4.0, 8.0], OpenVINO [4.0, 8.0]
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    'openvino==2026.4.1' 'onnx==1.23.2' 'onnxruntime==1.32.0' 'numpy==2.4.6'

"$folder/venv/bin/python" - "$folder/model.onnx" <<'PY' | tee "$folder/seen"
import re
import sys

import numpy as np
import onnx
import onnxruntime
import openvino
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
GIVEN = np.array([1, 2], np.float32)


def model(identity):
    def told(name, kind, shape):
        return helper.make_tensor_value_info(name, kind, shape)

    last = "same" if identity else "vector"
    nodes = [helper.make_node("Add", ["total", "vector"], ["more"]), helper.make_node("Identity", ["go"], ["on"])]
    nodes += [helper.make_node("Identity", ["vector"], ["same"])] if identity else []
    body = helper.make_graph(
        nodes,
        "body",
        [told("at", INT, []), told("go", BOOL, []), told("total", FLOAT, [2]), told("vector", FLOAT, [2])],
        [told("on", BOOL, []), told("more", FLOAT, [2]), told(last, FLOAT, [2])],
    )
    constants = {"steps": np.array(4), "yes": np.array(True), "zero": np.zeros(2, np.float32)}
    graph = helper.make_graph(
        [helper.make_node("Loop", ["steps", "yes", "zero", "given"], ["sum", "left"], body=body)],
        "graph",
        [told("given", FLOAT, [2])],
        [told("sum", FLOAT, [2])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(made, full_check=True)
    return made


def shown(title, made):
    onnx.save(made, sys.argv[1])
    session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
    usual = session.run(None, {"given": GIVEN})[0].tolist()
    try:
        compiled = openvino.compile_model(openvino.convert_model(sys.argv[1]), "CPU")
        other = f"OpenVINO {compiled([GIVEN])[0].tolist()}"
    except Exception as error:
        has, wants = re.search(r"canonical inputs (size \(\d+\)).*inputs (\(\d+\))", str(error)).groups()
        other = f"OpenVINO refuses: canonical inputs {has}, does not match {wants}"
    print(f"{title}: ONNX Runtime {usual}, {other}")


shown("handed on by name", model(identity=False))
shown("handed on by an Identity", model(identity=True))
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }

"""Weights in int8: which are, how exactly, and what stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
from automl.formats.eight_bits import with_eight_bits  # noqa: E402  needs onnx

RANDOM = np.random.default_rng(0)
TABLE = RANDOM.normal(size=(300, 8)).astype(np.float32) * np.logspace(-6, 6, 8, dtype=np.float32)
MATRIX = RANDOM.normal(size=(8, 200)).astype(np.float32)
MATRIX[:, 3] = 0.0
SHIFT = RANDOM.normal(size=(1, 2000)).astype(np.float32)[:, :200]


def model(matrix="matrix"):
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["rows"]),
        helper.make_node("MatMul", ["rows", matrix], ["products"]),
        helper.make_node("Add", ["products", "shift"], ["prediction"]),
    ]
    constants = [("table", TABLE), (matrix, MATRIX), ("shift", np.tile(SHIFT, (10, 1)))]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("ids", onnx.TensorProto.INT64, [10])],
        [helper.make_tensor_value_info("prediction", onnx.TensorProto.FLOAT, [10, 200])],
        [numpy_helper.from_array(values, name) for name, values in constants],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def test_what_is_multiplied_or_looked_up_is_stored_in_8_bits_and_nothing_else():
    made = with_eight_bits(model())

    kept = {item.name: item.data_type for item in made.graph.initializer}
    assert {name for name, kind in kept.items() if kind == onnx.TensorProto.INT8} == {
        "table_small",
        "matrix_small",
    }
    assert kept["shift"] == onnx.TensorProto.FLOAT
    assert made.ByteSize() < 0.65 * model().ByteSize()
    onnx.checker.check_model(made)


def test_what_a_layer_has_and_does_not_learn_stays_as_it_is():
    made = with_eight_bits(model(matrix="mel_levels_1/Const_2:0"))

    assert "mel_levels_1/Const_2:0" in {item.name for item in made.graph.initializer}


def test_each_column_is_right_to_half_a_step_of_its_own():
    runtime = pytest.importorskip("onnxruntime")
    made = with_eight_bits(model())
    made.graph.output.append(onnx.helper.make_tensor_value_info("rows", onnx.TensorProto.FLOAT, [10, 8]))
    session = runtime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    ids = np.arange(10)

    prediction, rows = session.run(["prediction", "rows"], {"ids": ids})

    assert (np.abs(rows - TABLE[:10]) <= np.abs(TABLE).max(axis=0) / 254 * 1.001).all()
    assert prediction[0, 3] == SHIFT[0, 3]

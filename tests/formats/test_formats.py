"""What every format keeps: a file that answers as the model does, from raw rows, and no chance in it."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError, ExportError
from automl.data.preprocessing.pair_layers import Spelling
from automl.data.preprocessing.tabular_layers import DateParts, RobustScale, StackColumns
from automl.data.raw_model import RawModel, predict
from automl.formats.catalog import FORMATS
from automl.formats.cut import core_form
from automl.formats.format import Labels, Subject, Wish
from automl.formats.front import core_inputs
from automl.formats.litert import FORMAT as LITERT
from automl.formats.openvino import FORMAT as OPENVINO
from automl.formats.tracing import traced_by_place
from automl.models.layers.stacked import StackedModel, Unstacked
from automl.tasks.known_words import KnownWords
from automl.tasks.language_layers import TokenNats
from automl.tasks.unit_length import UnitLength
from tests.formats.subjects import ROWS, THREE, subject

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow exports")


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    return subject(tmp_path_factory.mktemp("classes"), labels=THREE)


def written(name, whole, folder, wish=None):
    """Outputs of a file in a format for the rows of its subject."""
    kind = FORMATS[name]
    if any(find_spec(module) is None for module in kind.modules):
        pytest.skip(f"{name} needs {', '.join(kind.modules)}")
    path = folder / f"model{kind.suffix}"
    form = kind.form(whole)
    assert not kind.reason_against(form)
    kind.write(whole, form, path, wish or Wish())
    assert path.is_dir() == kind.folder
    rows = whole.sample
    if form.call is not None:
        rows = core_inputs({"inputs": [item.plain() for item in form.inputs]}, rows)
    found = kind.opened(path, form)(rows)
    assert tuple(found) == form.outputs or set(found) == set(form.outputs)
    return found


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_file_answers_as_the_model_does(name, classes, tmp_path):
    found = written(name, classes, tmp_path)["prediction"]

    np.testing.assert_allclose(found, predict(classes.model, ROWS, 4), atol=1e-5)


@pytest.mark.parametrize("name", [name for name in FORMATS if name in ("savedmodel", "onnx")])
def test_numbers_far_from_0_keep_their_digits_where_there_are_64_bits(name, tmp_path):
    whole = subject(tmp_path, texts=False, amount=True, far=1e9)

    found = written(name, whole, tmp_path)["prediction"]

    assert found.dtype == np.float64
    np.testing.assert_allclose(found, predict(whole.model, whole.sample, 4), rtol=0, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "quantize"), [(name, each) for name in FORMATS for each in FORMATS[name].quantizes]
)
def test_smaller_weights_answer_nearly_so(name, quantize, classes, tmp_path):
    found = written(name, classes, tmp_path, Wish(quantize=quantize))["prediction"]

    np.testing.assert_allclose(found, predict(classes.model, ROWS, 4), atol=0.05)


def test_a_saved_model_gives_labels_and_needs_nothing_of_ours(classes, tmp_path):
    found = written("savedmodel", classes, tmp_path)

    best = predict(classes.model, ROWS, 4).argmax(axis=1)
    assert [label.decode() for label in found["label"]] == [THREE.classes[place] for place in best]


def test_a_threshold_decides_on_the_label_inside(classes, tmp_path):
    sure = replace(classes, labels=Labels(classes=("no", "yes"), positive=1, threshold=0.0))

    found = written("savedmodel", sure, tmp_path)

    assert set(found["label"]) == {b"yes"}


def test_an_opset_is_kept(classes, tmp_path):
    onnx = pytest.importorskip("onnx")
    written("onnx", replace(classes, about={"task": "multiclass"}), tmp_path, Wish(opset=15))

    graph = onnx.load(tmp_path / "model.onnx")

    assert [item.version for item in graph.opset_import if item.domain in ("", "ai.onnx")] == [15]
    assert {item.key: item.value for item in graph.metadata_props} == {"task": "multiclass"}
    assert [item.name for item in graph.graph.input] == ["age", "pay_in__", "table__lookup", "words"]


def test_an_operation_that_onnx_has_not_is_named(tmp_path):
    pytest.importorskip("tf2onnx")
    given = keras.Input((2,), name="x")
    model = keras.Model({"x": given}, keras.ops.erfinv(given))
    whole = Subject(model=model, path=tmp_path, sample={"x": np.zeros((1, 2), np.float32)})

    with pytest.raises(ConfigError, match="ONNX, which has no Erfinv"):
        written("onnx", whole, tmp_path)


def test_whole_numbers_below_0_are_divided_in_onnx_as_in_tensorflow(tmp_path):
    pytest.importorskip("tf2onnx")
    given = keras.Input((), dtype="int64", name="second")
    parts = keras.ops.stack([given // 86_400, given % 86_400], axis=1)
    model = keras.Model({"second": given}, keras.ops.cast(parts, "float32"))
    rows = {"second": np.array([-86_401, -86_400, -1, 0, 86_401])}

    found = written("onnx", Subject(model=model, path=tmp_path, sample=rows), tmp_path)["prediction"]

    assert found.tolist() == [[-2, 86_399], [-1, 0], [-1, 86_399], [0, 0], [1, 1]]


@pytest.mark.parametrize("name", ["litert", "openvino"])
def test_known_words_are_written_alike(name, tmp_path):
    logs = keras.Input((6, 4), name="logs")
    model = keras.Model({"logs": logs}, KnownWords(["no", "on"], " no")(logs))
    rows = {"logs": np.random.default_rng(0).normal(size=(4, 6, 4)).astype(np.float32)}

    found = written(name, Subject(model=model, path=tmp_path, sample=rows), tmp_path)["prediction"]

    np.testing.assert_array_equal(found, model(rows))


@pytest.mark.parametrize("name", ["onnx", "litert", "openvino"])
def test_a_token_that_surprises_greatly_is_written_as_a_number(name, tmp_path):
    scores, tokens = keras.Input((4, 3), name="scores"), keras.Input((4,), dtype="int32", name="tokens")
    model = keras.Model({"scores": scores, "tokens": tokens}, TokenNats()([scores, tokens]))
    rows = {
        "scores": np.array([[[0, 0, 0], [500, 0, -300], [0, 50, 0], [0, 0, 0]]], np.float32),
        "tokens": np.array([[1, 2, 2, 0]], np.int32),
    }

    found = written(name, Subject(model=model, path=tmp_path, sample=rows), tmp_path)["prediction"]

    np.testing.assert_allclose(found, [[np.log(3), 800, 0]], rtol=1e-6)


@pytest.mark.parametrize("name", ["onnx", "litert", "openvino"])
def test_words_are_spelled_alike_everywhere(name, tmp_path):
    given = keras.Input((2, 9), dtype="int32", name="letters")
    model = keras.Model({"letters": given}, Spelling(3, [2])(given))
    rows = {"letters": np.random.default_rng(0).integers(0, 30, (3, 2, 9)).astype(np.int32)}

    found = written(name, Subject(model=model, path=tmp_path, sample=rows), tmp_path)["prediction"]

    np.testing.assert_allclose(found, model(rows), atol=1e-6)


@pytest.mark.parametrize("name", ["onnx", "openvino"])
def test_whole_numbers_lose_bits_to_the_right_as_in_tensorflow(name, tmp_path):
    given = keras.Input((5,), dtype="int32", name="x")
    shifted = [keras.ops.right_shift(given, np.int32(places)) for places in (0, 1, 15, 31)]
    model = keras.Model({"x": given}, keras.ops.stack(shifted, axis=1))
    rows = {"x": np.array([[-(2**31), -3, 0, 123_456_789, 2**31 - 1]], np.int32)}

    found = written(name, Subject(model=model, path=tmp_path, sample=rows), tmp_path)["prediction"]

    assert found.tolist() == [[(rows["x"][0] >> places).tolist() for places in (0, 1, 15, 31)]]


def test_letters_between_words_are_of_no_word_in_onnx(tmp_path):
    pytest.importorskip("tf2onnx")
    given = keras.Input((2, 6), dtype="int32", name="letters")
    model = keras.Model({"letters": given}, Spelling(2, [2])(given))
    rows = {"letters": np.array([[[3, 2, 4, 2, 0, 0], [3, 4, 2, 3, 4, 5]]], np.int32)}

    found = written("onnx", Subject(model=model, path=tmp_path, sample=rows), tmp_path)["prediction"]

    np.testing.assert_allclose(found, model(rows), atol=1e-6)


def test_a_layer_that_draws_while_it_predicts_is_refused(tmp_path):
    noise = keras.Input((2,), name="x")
    model = keras.Model({"x": noise}, Noise()(noise))
    whole = replace(subject(tmp_path), model=model, sample={"x": np.zeros((1, 2), np.float32)})

    with pytest.raises(ExportError, match="draws at random"):
        traced_by_place(core_form(whole, wide=True), rows=None)


@keras.saving.register_keras_serializable(package="tests")
class Noise(keras.layers.Layer):
    def call(self, values):
        return values + keras.random.normal(keras.ops.shape(values))


def test_a_saved_model_gives_no_labels_where_thresholds_go_by_groups(classes, tmp_path):
    rule = {"columns": ["sex"], "groups": ["f"], "others": "all others", "thresholds": {"f": 0.2}}
    grouped = replace(classes, labels=Labels(classes=("no", "yes"), positive=1, by_group=rule))

    assert set(written("savedmodel", grouped, tmp_path)) == {"prediction"}


@pytest.mark.parametrize("name", ["onnx", "litert", "openvino"])
def test_networks_of_folds_with_masked_loops_and_convolutions_are_written(name, tmp_path):
    steps, counts = keras.Input((4, 2), name="steps"), keras.Input((4,), name="counts")
    near = keras.layers.Conv1D(3, 3, padding="same")(steps)
    read = keras.layers.GRU(3)(near, mask=keras.ops.greater(counts, 0))
    core = keras.Model({"counts": counts, "steps": steps}, {"y": read})
    stack = StackedModel(core, 2)
    stack.fill([np.stack([value.numpy(), 2 * value.numpy()]) for value in core.variables])
    inputs = {"counts": keras.Input((4,), name="counts"), "steps": keras.Input((4, 2), name="steps")}
    model = keras.Model(inputs, keras.layers.Add()(Unstacked(2)(stack(inputs)["y"])))
    rows = {
        "counts": np.array([[1, 1, 1, 1], [1, 1, 0, 0]], np.float32),
        "steps": np.random.default_rng(0).normal(size=(2, 4, 2)).astype(np.float32),
    }

    found = written(name, Subject(model=model, path=tmp_path, sample=rows), tmp_path)["prediction"]

    np.testing.assert_allclose(found, model(rows), atol=1e-5)


@pytest.mark.parametrize("name", ["litert", "openvino"])
def test_dates_and_masked_loops_go_to_runtimes_of_32_bits(name, tmp_path):
    whole = Subject(model=dated(), path=tmp_path, sample=DATED)

    found = written(name, whole, tmp_path)["prediction"]

    np.testing.assert_allclose(found, predict(whole.model, DATED, 3), atol=1e-5)


DATED = {
    "day": np.array([0, -(2**63), 1_700_000_000]),
    "text": np.array(["good day", "", "bad good day"], object),
}


def dated():
    """A model of dates, and of texts of which zeros are brought to length 1 and words are read in turn."""
    keras.utils.set_random_seed(0)
    inputs = {
        "day": keras.Input((), dtype="int64", name="day"),
        "text": keras.Input((), dtype="string", name="text"),
    }
    numbers, codes = DateParts(name="parts")(StackColumns()([inputs["day"]]))
    words = keras.layers.TextVectorization(
        split="whitespace", vocabulary=["good", "day"], output_sequence_length=4, name="words"
    )
    ids = words(inputs["text"])
    vectors, mask = keras.layers.Embedding(4, 3)(ids), keras.ops.not_equal(ids, 0)
    read = keras.layers.Bidirectional(keras.layers.LSTM(3))(vectors, mask=mask)
    known = UnitLength()(keras.ops.cast(ids, "float32"))
    parts = [RobustScale([19_000.0, 15.0, 0.0], [1e-3, 0.1, 1e-4], [])(numbers), read, known]
    parts.append(keras.layers.Flatten()(keras.layers.Embedding(26, 2)(codes)))
    return RawModel(inputs, keras.layers.Dense(2)(keras.layers.Concatenate()(parts)))


def test_runtimes_of_32_bits_take_no_other_64_bits_and_litert_no_texts_of_any_length(tmp_path):
    form = core_form(subject(tmp_path), wide=False)
    date = replace(form.inputs[0], dtype="int64")
    free = replace(form.inputs[0], shape=(None,))

    for kind in (LITERT, OPENVINO):
        assert "reads dates (age)" in kind.reason_against(replace(form, inputs=(date,)))
    assert "no fixed length" in LITERT.reason_against(replace(form, inputs=(free,)))

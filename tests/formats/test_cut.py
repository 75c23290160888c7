"""A model is cut behind its texts: the core takes numbers only and answers as the whole does."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.data.preprocessing.language import LastTokens
from automl.data.preprocessing.tabular_layers import DateParts, StackColumns
from automl.data.raw_model import predict
from automl.formats.cut import core_form, whole_form
from automl.formats.format import Subject
from automl.formats.front import core_inputs
from automl.formats.full_precision import computes_in_halves, in_full_precision
from tests.formats.subjects import ROWS, subject

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow exports")


def answers(form, sample):
    made = core_inputs({"inputs": [item.plain() for item in form.inputs]}, sample)
    values = [keras.ops.convert_to_tensor(made[item.name], item.dtype) for item in form.inputs]
    return [keras.ops.convert_to_numpy(value) for value in form.call(values)]


def test_the_core_takes_numbers_and_answers_as_the_whole(tmp_path):
    whole = subject(tmp_path, amount=True)

    form = core_form(whole, wide=True)

    kinds = {item.name: (item.made_of, item.dtype, item.shape) for item in form.inputs}
    assert kinds == {
        "age": (("age",), "float64", ()),
        "pay_in__": (("pay in €",), "float64", ()),
        "table__lookup": (("job", "town"), "int32", (2,)),
        "words": (("note",), "int64", (6,)),
    }
    assert form.outputs == ("prediction",)
    np.testing.assert_allclose(answers(form, ROWS)[0], predict(whole.model, ROWS, 4), rtol=1e-12)


HISTORIES = {"items": np.array(["a b a", "", "c b"], object)}


def test_ids_that_another_layer_keeps_the_last_of_are_made_ahead_in_one_length(tmp_path):
    given = keras.Input((), dtype="string", name="items")
    words = keras.layers.TextVectorization(
        standardize=None, split="whitespace", vocabulary=["a", "b"], name="words"
    )
    last = LastTokens(2, name="last")(words(given))
    whole = Subject(model=keras.Model({"items": given}, last + 1), path=tmp_path, sample=HISTORIES)

    form = core_form(whole, wide=True)

    (only,) = form.inputs
    assert (only.name, only.shape, only.front["kind"], only.front["keep"]) == (
        "last",
        (2, 1),
        "words",
        "last",
    )
    assert answers(form, HISTORIES)[0][:, :, 0].tolist() == [[4, 3], [1, 1], [2, 4]]


def test_dates_stay_where_there_are_64_bits_and_are_read_ahead_where_there_are_not(tmp_path):
    given = keras.Input((), dtype="int64", name="day")
    parts = DateParts(name="parts")(StackColumns()([given]))
    model = keras.Model({"day": given}, {"numbers": parts[0], "codes": parts[1]})
    whole = Subject(model=model, path=tmp_path, sample={"day": np.array([0, 86_400 * 45])})

    wide, narrow = core_form(whole, wide=True), core_form(whole, wide=False)

    assert [(item.name, item.dtype) for item in wide.inputs] == [("day", "int64")]
    assert {(item.name, item.dtype, item.shape) for item in narrow.inputs} == {
        ("parts_numbers", "float32", (3,)),
        ("parts_codes", "int32", (3,)),
    }
    for one, other in zip(answers(wide, whole.sample), answers(narrow, whole.sample), strict=True):
        np.testing.assert_array_equal(one, other)


def test_in_32_bits_nothing_is_wider_and_large_numbers_lose_digits(tmp_path):
    whole = subject(tmp_path, texts=False, amount=True, far=1e9)

    form = core_form(whole, wide=False)

    assert {item.dtype for item in form.inputs} == {"float32"}
    (found,) = answers(form, whole.sample)
    assert found.dtype == np.float32
    assert abs(found - predict(whole.model, whole.sample, 4)).max() > 0.1


def test_what_is_not_cut_keeps_raw_inputs(tmp_path):
    form = whole_form(subject(tmp_path))

    assert [item.name for item in form.inputs] == list(ROWS)
    assert {item.dtype for item in form.inputs} == {"float64", "string"}
    assert form.call is None


def test_outputs_are_named_by_their_targets(tmp_path):
    given = keras.Input((2,), name="x")
    model = keras.Model({"x": given}, {"b": given, "a": given + 1.0})

    form = core_form(Subject(model=model, path=tmp_path, sample={"x": np.zeros((1, 2))}), wide=True)

    assert set(form.outputs) == {"a", "b"}
    assert dict(zip(form.outputs, answers(form, {"x": np.zeros((1, 2))}), strict=True))["a"].tolist() == [
        [1, 1]
    ]


def test_what_was_trained_in_16_bits_is_written_in_32(tmp_path):
    given = keras.Input((2,), name="x")
    dense = keras.layers.Dense(1, kernel_initializer="ones", dtype="mixed_bfloat16")
    model = keras.Model({"x": given}, dense(given))
    x = np.array([[1.001, 0.0]], np.float32)
    assert computes_in_halves(model)

    form = core_form(Subject(model=in_full_precision(model), path=tmp_path, sample={"x": x}), wide=True)

    assert not computes_in_halves(model)
    assert answers(form, {"x": x})[0] == pytest.approx(1.001, abs=1e-6)


@keras.saving.register_keras_serializable(package="tests")
class Lengths(keras.layers.Layer):
    """Reads texts and does not say how."""

    def call(self, texts):
        return keras.ops.zeros((1, 1))

    def compute_output_spec(self, texts):
        return keras.KerasTensor((None, 1), dtype="float32")


def test_a_layer_that_does_not_say_how_it_reads_texts_is_named(tmp_path):
    given = keras.Input((), dtype="string", name="text")
    model = keras.Model({"text": given}, Lengths(name="lengths")(given))

    with pytest.raises(ConfigError, match=r"'lengths' \(Lengths\) reads texts .* --to savedmodel"):
        core_form(Subject(model=model, path=tmp_path, sample={}), wide=True)

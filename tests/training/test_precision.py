"""Mixed precision: chosen by device, in force while a model is built, sound in every family."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import automl.layers  # noqa: F401  registers the layers that a saved model names
from automl.core.errors import ConfigError
from automl.core.tensors import TensorSpec
from automl.data.modality import Examples, Preprocessing
from automl.jobs.assembly import Dealt, Prepared, build_core, deal, exported_model
from automl.models.catalog import FAMILIES
from automl.tasks.catalog import fit_task
from automl.tasks.mask_files import MaskForm
from automl.tasks.task import Task
from automl.testing.tensors import (
    PAIRS,
    ROW,
    codes,
    ids,
    ids_of_text,
    numbers,
    pictures,
    series,
    smallest,
    sounds,
    videos,
)
from automl.training.accelerator import Accelerator, find_accelerator
from automl.training.engine import Split, TrainingOptions
from automl.training.memory import release
from automl.training.optimizers import build_optimizer
from automl.training.precision import choose_precision, fastest_precision, needs_loss_scaling, policy
from automl.training.scoring import Collected
from automl.training.whole_loss import minimise

ROWS = 8
MIXED = ("mixed_bfloat16", "mixed_float16")
SPECS = {
    "tabular": (
        numbers("numeric", 3),
        numbers("ranks", 2),
        codes(3, 40),
    ),
    "image": (pictures(8, 8, 3), numbers("patches", 12), numbers("embedding", 12)),
    "text": (
        ids("tokens", 12, 30),
        ids("ngrams", 12, 30),
        numbers("ngram_weights", 12),
    ),
    "series": (series(12, 2, masked=True), numbers("kernels", 12)),
    "audio": (sounds(800, 2000), numbers("cepstrum", 5)),
    "video": (videos(4, 8, 8, 3), numbers("motion", 5)),
    "mixed": ROW,
    "language": (ids_of_text(9, 12),),
    "pairs": PAIRS,
}
BY_TASK = {"forecasting": (series(12, 3, targets=2),), "segmentation": (pictures(8, 8, 3),)}
"""What tasks work on that need data of their own."""
SMALL: dict[str, Any] = {"width": 8, "units": 8, "filters": 8, "heads": 2, "embedding_size": 8, "patch": 4}
STRENGTHS = {
    "flip": "both",
    "shift": 0.1,
    "rotation": 0.05,
    "zoom": 0.1,
    "contrast": 0.3,
    "erasing": 0.2,
    "brightness": 0.2,
}
DOING = {
    "language/rnn": "language_model",
    "language/transformer": "language_model",
    "image/unet": "segmentation",
}
ALONE = [
    (name, DOING.get(name, "binary"))
    for name in FAMILIES
    # ``tests/models`` and the families' suite look at those for boxes, speech, unusual rows and items
    if not {"grid", "frames", "surprise", "score", "item_scores", "trained_item_scores"}
    & {*FAMILIES[name].gives}
]
"""Each family with a task that it can do."""
CASES = [
    *ALONE,
    ("series/cnn", "forecasting"),
    ("series/transformer", "forecasting"),
]
EVERYDAY = ("tabular/realmlp", "image/residual_cnn", "series/rnn", "text/transformer")
"""Families that are trained in both precisions every day: what float16 can hold, bfloat16 can, too."""
CORNERS: list[tuple[str, str, dict[str, Any]]] = [
    ("tabular/mlp", "regression", {"numeric_embedding": "periodic", "normalisation": "batch"}),
    ("tabular/residual_mlp", "multilabel", {"numeric_embedding": "none", "class_weight": "balanced"}),
    ("image/cnn", "binary", {**STRENGTHS, "normalisation": "group"}),
    ("image/vision_transformer", "binary", {"summary": "average", "stem_filters": 0}),
    ("text/rnn", "binary", {"pooling": "both", "cell": "gru"}),
    ("text/cnn", "regression", {"pooling": "both"}),
    ("text/ngrams", "binary", {"depth": 1, "weighted": False, "ngram_dropout": 0.1}),
    ("series/cnn", "binary", {"pooling": "both", "normalisation": "layer", "noise": 0.1}),
    ("mixed/fusion", "binary", {"combiner": "gated", "text_encoder": "rnn", "vector_dropout": 0.2}),
    ("mixed/fusion", "regression", {"combiner": "attention", "image_encoder": "vision_transformer"}),
    ("series/linear", "forecasting", {"decomposition": True, "instance_norm": "standard"}),
    ("series/rnn", "forecasting", {"cell": "lstm", "instance_norm": "none", "loss": "huber"}),
]


@pytest.fixture(autouse=True)
def forget_models() -> Iterator[None]:
    yield
    release()


def arrays(specs: tuple[TensorSpec, ...]) -> dict[str, np.ndarray]:
    """Random inputs; the end of each text, and of each second series, is padding."""
    random = np.random.default_rng(0)
    made = {}
    for spec in specs:
        if spec.dtype == "int32":
            array = random.integers(0, smallest(spec), (ROWS, *spec.shape))
        else:
            array = random.uniform(0, 1, (ROWS, *spec.shape))
        if spec.kind in ("tokens", "ngrams", "ngram_weights"):
            array[:, 8:] = 0
        if getattr(spec.facts, "masked", False):
            array[::2, 9:] = np.nan
        made[spec.name] = array.astype(spec.dtype)
    return made


def fitted(kind: Any) -> tuple[Task, np.ndarray]:
    """A task and raw targets."""
    values = np.random.default_rng(1).normal(10, 2, (ROWS, 2))
    if kind == "forecasting":
        ones = (1.0, 1.0)
        facts = {"mean": (10.0, 10.0), "std": ones, "naive_mae": ones, "season": 1, "horizon": 3}
        named = {"target": values[:, None].repeat(3, axis=1)}
        return fit_task(kind, named, names=("a", "b"), facts=facts), named
    if kind == "language_model":
        facts = {"unit": "character", "known": "abcdefghij", "length": 8, "shares": [1 / 12] * 12}
        named = {"target": np.tile([0.0, 8.0, 8.0], (ROWS, 1))}
        return fit_task(kind, named, names=("next",), facts=facts), named
    if kind == "segmentation":
        facts = {"masks": MaskForm(values=(0, 7, 255), titles=("0", "7", "255")).as_json()}
        named = {"target": np.random.default_rng(2).integers(-1, 3, (ROWS, 8, 8)).astype(np.int16)}
        return fit_task(kind, named, names=("mask",), facts=facts), named
    targets = {
        "binary": np.array(["no", "yes"] * (ROWS // 2), dtype=object),
        "multilabel": (values > 10).astype(int),
        "regression": values,
    }[kind]
    named = {"target": targets}
    return fit_task(kind, named, names=("a", "b"), facts={}), named


def prepared(specs: tuple[TensorSpec, ...], kind: Any) -> Prepared:
    """Data whose preprocessing changes nothing."""
    task, targets = fitted(kind)
    raw = {
        f"raw_{spec.name}": keras.Input(spec.shape, dtype=spec.dtype, name=f"raw_{spec.name}")
        for spec in specs
    }
    named = {name.removeprefix("raw_"): tensor for name, tensor in raw.items()}
    data, encoded = arrays(specs), task.encode(targets)
    return Prepared(
        preprocessing=Preprocessing(inputs=specs, model=keras.Model(raw, named)),
        task=task,
        split=Split(
            train=data,
            train_targets=encoded,
            validation=data,
            scorer=lambda: Collected(ROWS, lambda found: {"error": float(np.abs(found["target"]).mean())}),
        ),
        validation=Examples(inputs=data, targets=targets, keys={}),
        targets=encoded,
    )


def model_file(folder: Path) -> str:
    inputs = keras.Input((8, 8, 3))
    features = keras.layers.Dense(4)(keras.layers.GlobalAveragePooling2D()(inputs))
    keras.Model(inputs, features).save(folder / "file.keras")
    return str(folder / "file.keras")


def case(name: str, kind: str, folder: Path, **options: Any) -> tuple[Prepared, Dealt]:
    """Data for a family, and the family with few and small layers."""
    fold = prepared(BY_TASK.get(kind) or SPECS[name.split("/")[0]], kind)
    known = FAMILIES[name].options.__dataclass_fields__
    small = {key: value for key, value in SMALL.items() if key in known}
    if name == "image/backbone":
        small["pretrained"] = model_file(folder)
    return fold, deal(FAMILIES[name], fold.task, {**small, **options})


def built(precision: str, dealt: Dealt, fold: Prepared) -> keras.Model:
    with policy(precision):
        return build_core(dealt, fold)


def check_training(model: keras.Model, dealt: Dealt, fold: Prepared) -> None:
    """Two steps, run eagerly: to compile each model would take longer than all the rest."""
    options = TrainingOptions(optimizer="sgd")
    model.compile(
        optimizer=build_optimizer(options, 2, scaled=needs_loss_scaling(model)),
        run_eagerly=True,
    )
    minimise(model, fold.task.loss(dealt.task_options))
    data = {name: fold.split.train[name] for name in model.input}
    losses = [float(model.train_on_batch(data, fold.split.train_targets)) for _ in range(2)]
    assert np.isfinite(losses).all()
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def check_export(core: keras.Model, fold: Prepared, path: Path) -> None:
    """The file gives what the model gave: amounts in float64, shares and weights in float32."""
    exported = exported_model(fold, [core])
    exported.save(path)
    again = keras.models.load_model(path)
    raw = {f"raw_{name}": array for name, array in fold.split.validation.items()}

    amounts = fold.task.kind in ("regression", "forecasting")
    answers = (keras.tree.flatten(model(raw)) for model in (exported, again))
    for before, after in zip(*(map(np.asarray, answer) for answer in answers), strict=True):
        check_answers(core, before, after, amounts=amounts)


def check_answers(core: keras.Model, before: np.ndarray, after: np.ndarray, *, amounts: bool) -> None:
    assert before.dtype == after.dtype == (np.float64 if amounts else np.float32)
    assert {variable.dtype for variable in core.trainable_variables} == {"float32"}
    assert np.isfinite(before).all()
    np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_every_family_trains_and_is_exported(name: str, kind: str, tmp_path: Path) -> None:
    fold, dealt = case(name, kind, tmp_path)
    core = built("mixed_float16", dealt, fold)

    assert {output.dtype for output in core.output.values()} == {"float32"}
    check_training(core, dealt, fold)
    check_export(core, fold, tmp_path / "model.keras")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param(*item, marks=() if item[0] in EVERYDAY else pytest.mark.slow, id="-".join(item))
        for item in CASES
    ],
)
def test_families_train_in_bfloat16(name: str, kind: str, tmp_path: Path) -> None:
    fold, dealt = case(name, kind, tmp_path)

    check_training(built("mixed_bfloat16", dealt, fold), dealt, fold)


@pytest.mark.parametrize(("name", "kind", "options"), CORNERS)
def test_corners_train_and_are_exported(
    name: str, kind: str, options: dict[str, Any], tmp_path: Path
) -> None:
    fold, dealt = case(name, kind, tmp_path, **options)

    check_training(built("mixed_float16", dealt, fold), dealt, fold)
    check_export(built("mixed_float16", dealt, fold), fold, tmp_path / "model.keras")


def test_an_infinite_gradient_beside_a_finite_one_of_its_row_is_not_applied() -> None:
    if keras.backend.backend() != "tensorflow":
        pytest.skip("only TensorFlow has sparse gradients")
    import tensorflow as tf

    table = keras.Variable(np.zeros((3, 1), np.float32))
    optimizer = build_optimizer(TrainingOptions(optimizer="sgd"), 1, scaled=True)
    optimizer.build([table])
    both = tf.IndexedSlices(tf.constant([[np.inf], [1.0]]), tf.constant([1, 1]), tf.constant([3, 1]))

    optimizer.apply([both], [table])

    assert table.numpy().tolist() == [[0.0]] * 3


def test_preprocessing_stays_in_float32_under_any_policy(tmp_path: Path) -> None:
    fold, dealt = case("tabular/mlp", "regression", tmp_path)

    exported = exported_model(fold, [built("mixed_bfloat16", dealt, fold)])

    inside = {layer.compute_dtype for layer in exported.get_layer("mlp").layers}
    assert "bfloat16" in inside
    outside = {layer.compute_dtype for layer in exported.layers if layer.name != "mlp"}
    assert "bfloat16" not in outside


@pytest.mark.parametrize(
    ("device", "precision"),
    [
        (Accelerator(), "float32"),
        (Accelerator(kind="tpu"), "mixed_bfloat16"),
        (Accelerator(kind="gpu", capability=(9, 0)), "mixed_bfloat16"),
        (Accelerator(kind="gpu", capability=(8, 0)), "mixed_bfloat16"),
        (Accelerator(kind="gpu", capability=(7, 5)), "mixed_float16"),
        (Accelerator(kind="gpu", capability=(6, 1)), "float32"),
        (Accelerator(kind="gpu"), "float32"),
    ],
)
def test_auto_asks_the_device(device: Accelerator, precision: str) -> None:
    assert fastest_precision(device) == precision


@pytest.mark.parametrize("wanted", ["float32", *MIXED])
def test_a_wish_is_obeyed_on_any_device(wanted: str) -> None:
    assert choose_precision(wanted) == wanted


def test_auto_is_what_the_device_of_this_machine_calls_for() -> None:
    assert choose_precision("auto") == fastest_precision(find_accelerator())


def test_a_misspelt_precision_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'mixed_float16'"):
        choose_precision("mixd_float16")


def test_a_policy_ends_with_its_scope_even_after_an_error() -> None:
    before = keras.config.dtype_policy().name

    with pytest.raises(ValueError, match="no such"), policy("mixed_bfloat16"):
        keras.layers.Dense(1, activation="no such")

    assert keras.config.dtype_policy().name == before


def test_releasing_memory_keeps_the_policy_of_the_process() -> None:
    with policy("mixed_bfloat16"):
        release()
        assert keras.config.dtype_policy().name == "mixed_bfloat16"


@pytest.mark.parametrize(("precision", "scaled"), [("mixed_float16", True), ("mixed_bfloat16", False)])
def test_only_float16_needs_a_scaled_loss(precision: str, scaled: bool) -> None:
    inputs = keras.Input((2,))
    with policy(precision):
        model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    optimizer = build_optimizer(TrainingOptions(), 10, scaled=needs_loss_scaling(model))

    assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer) is scaled
    assert float(optimizer.scale_loss(1.0)) == (2.0**15 if scaled else 1.0)

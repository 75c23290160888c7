"""Families are chosen by what the data gives and the task needs, never by the name of a modality."""

from __future__ import annotations

from typing import Any

import pytest

from automl.core.errors import ConfigError
from automl.core.tensors import Promised
from automl.jobs.matching import misfit, on_shelves, reaches, taken, usable_families
from automl.models.catalog import FAMILIES
from automl.models.family import Family, Slot
from automl.testing import tensors

TEXT = tuple(Promised(kind=kind, source="text") for kind in ("tokens", "ngrams", "ngram_weights"))
NUMBERS = tuple(Promised(kind=kind, source="numbers") for kind in ("numeric", "ranks"))
CODES = Promised(kind="categorical", source="categories")
PICTURE = Promised(kind="image")
SERIES = Promised(kind="sequence")
KERNELS = Promised(kind="kernels")


def family(*slots: Slot, **changes: Any) -> Family:
    given = {"name": "acme/net", "gives": ("vector",), "options": object, "build": lambda *_: {}, **changes}
    return Family(slots=slots, **given)


@pytest.mark.parametrize(
    ("data", "task", "names"),
    [
        ((*NUMBERS, CODES), "binary", ["realmlp", "mlp", "residual_mlp", "linear", "transformer"]),
        (NUMBERS, "regression", ["realmlp", "mlp", "residual_mlp", "linear", "transformer"]),
        ((PICTURE,), "multiclass", ["cnn", "residual_cnn", "vision_transformer"]),
        (TEXT, "multilabel", ["ngrams", "cnn", "rnn", "transformer"]),
        ((SERIES,), "forecasting", ["linear", "cnn", "rnn", "transformer"]),
        ((SERIES, KERNELS), "binary", ["rocket", "linear", "cnn", "rnn", "transformer"]),
        ((Promised(kind="history"),), "ranking", ["ease", "autoencoder", "two_towers"]),
    ],
)
def test_each_kind_of_data_has_its_families_in_their_order(data: Any, task: str, names: list[str]) -> None:
    assert list(usable_families("some", data, task, ())) == names


STARTED = (PICTURE, Promised(kind="embedding"))


def test_a_family_that_awaits_an_option_is_tried_where_it_is_given() -> None:
    given = {"pretrained": "net.keras"}
    found = usable_families("image", STARTED, "binary", (), given=given)

    assert list(found) == ["frozen", "backbone", "cnn", "residual_cnn", "vision_transformer"]
    assert list(usable_families("image", STARTED, "binary", ("backbone",), given=given)) == ["backbone"]


@pytest.mark.parametrize("name", ["backbone", "frozen"])
def test_a_family_is_refused_without_the_option_that_it_awaits(name: str) -> None:
    with pytest.raises(ConfigError, match=f"'{name}' needs the option pretrained, which is not given"):
        usable_families("image", (PICTURE,), "binary", (name,), given={"pretrained": None})


@pytest.mark.parametrize(("data", "wanted"), [(NUMBERS, ()), (STARTED, ("cnn",))])
def test_an_option_that_no_family_makes_use_of_is_refused(data: Any, wanted: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match=r"pretrained: none of the families .* makes use of it"):
        usable_families("some", data, "binary", wanted, given={"pretrained": "net.keras"})


def test_a_family_of_other_data_is_unknown_here() -> None:
    with pytest.raises(ConfigError, match=r"Unknown family 'rn' for text data\. Did you mean 'rnn'"):
        usable_families("text", TEXT, "binary", ("rn",))
    with pytest.raises(ConfigError, match="Unknown family 'mlp' for image data"):
        usable_families("image", (PICTURE,), "binary", ("mlp",))


def test_views_of_one_source_are_alternatives() -> None:
    assert misfit(FAMILIES["text/ngrams"], TEXT) == misfit(FAMILIES["text/rnn"], TEXT) == ""


def test_a_family_must_see_every_source() -> None:
    assert misfit(FAMILIES["tabular/mlp"], (*NUMBERS, PICTURE)) == "would ignore image."
    assert misfit(FAMILIES["image/cnn"], (*NUMBERS, PICTURE)) == "would ignore numbers."


def test_slots_count() -> None:
    two = (Promised(kind="tokens", source="title"), Promised(kind="tokens", source="review"))

    assert misfit(FAMILIES["text/cnn"], two) == "takes 1 of tokens; the data gives 2."
    assert misfit(family(Slot(kind="tokens", most=3)), two) == ""
    assert misfit(family(Slot(kind="tokens", most=None)), two) == ""
    assert misfit(family(Slot(kind="tokens", least=3, most=4)), two).startswith("takes 3 to 4 of tokens")


def test_a_family_without_any_of_its_kinds_says_what_it_needs() -> None:
    said = "'mlp' needs one of numeric, ranks, components, categorical; the data"
    with pytest.raises(ConfigError, match=said):
        taken(FAMILIES["tabular/mlp"], [tensors.pictures(8, 8, 3)])


def test_only_what_slots_ask_for_is_taken() -> None:
    specs = [tensors.ids("tokens", 4, 9), tensors.ids("ngrams", 4, 9), tensors.numbers("ngram_weights", 4)]

    assert [spec.name for spec in taken(FAMILIES["text/ngrams"], specs)] == ["ngrams", "ngram_weights"]


def test_what_is_needed_may_be_one_neck_away() -> None:
    assert reaches(family(gives=("map",)), ("vector",))
    assert reaches(family(gives=("steps",)), ("channels", "vector"))
    assert not reaches(family(gives=("vector",)), ("map",))


def test_families_on_shelves_of_other_modalities_are_left_out() -> None:
    assert {name.split("/")[0] for name in on_shelves("text")}.isdisjoint({"image", "tabular", "series"})
    assert set(on_shelves(None)) == set(FAMILIES)

"""Packages of others add items by entry points; one that is broken or clashes harms nobody."""

from __future__ import annotations

import sys

import pytest

from automl.core.catalog import Catalog
from automl.core.errors import ConfigError
from automl.core.extensions import (
    EXPLANATION_GROUP,
    NECK_GROUP,
    PRETRAINED_GROUP,
    SHELVED_NAME,
    Origin,
)

FILES = {"toy/__init__.py": "", "toy/things.py": "GOOD = 'good'\nOTHER = 3\n"}


def catalog() -> Catalog[str]:
    return Catalog("neck", {"own": "string:digits"}, group=NECK_GROUP, expected=str)


def test_an_item_of_another_package_is_listed_unloaded_and_loaded_when_asked_for(install):
    install("automl-toy", {NECK_GROUP: {"mine": "toy.things:GOOD"}}, FILES)

    assert list(catalog()) == ["own", "mine"]
    assert "mine" in catalog()
    assert "toy" not in sys.modules
    assert catalog()["mine"] == "good"


def test_an_item_knows_its_origin(install):
    install("automl-toy", {NECK_GROUP: {"mine": "toy.things:GOOD"}}, FILES)

    assert catalog().origin("mine") == Origin(package="automl-toy", version="1.0")
    assert str(catalog().origin("mine")) == "automl-toy 1.0"
    assert catalog().origin("own") is None


@pytest.mark.parametrize("group", [EXPLANATION_GROUP, PRETRAINED_GROUP])
def test_each_group_that_is_promised_is_looked_at(install, group):
    install("automl-toy", {group: {"mine": "toy.things:GOOD"}}, FILES)

    assert Catalog("thing", {}, group=group, expected=str)["mine"] == "good"


def test_names_of_other_packages_are_suggested(install):
    install("automl-toy", {NECK_GROUP: {"mine": "toy.things:GOOD"}}, FILES)

    with pytest.raises(ConfigError, match=r"Unknown neck 'mime'. Did you mean 'mine'\?"):
        catalog()["mime"]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("toy.absent:GOOD", "ModuleNotFoundError: No module named 'toy.absent'"),
        ("toy.things:ABSENT", "AttributeError"),
        ("toy.raising:GOOD", "RuntimeError: no luck"),
        ("toy.things:OTHER", "is a int; expected a str"),
    ],
)
def test_an_item_that_cannot_be_loaded_is_told_with_package_and_entry(install, place, reason):
    files = {**FILES, "toy/raising.py": "raise RuntimeError('no luck')"}
    install("automl-toy", {NECK_GROUP: {"mine": place}}, files)

    with pytest.raises(ConfigError, match=rf"'mine' \({place}\).*automl-toy 1.0 .*{reason}"):
        catalog()["mine"]
    assert catalog()["own"] == "0123456789"


@pytest.mark.parametrize(
    ("entries", "name", "trouble"),
    [
        ({"own": "toy.things:GOOD"}, "own", "a name of automl's own, which stays"),
        ({"a/b": "toy.things:GOOD"}, "a/b", "no name of the form 'name'"),
        ({"mine": "nonsense!"}, "mine", "points to no 'package.module:attribute'"),
    ],
)
def test_an_entry_that_cannot_stand_is_left_out_and_told(install, entries, name, trouble):
    install("automl-toy", {NECK_GROUP: entries}, FILES)

    assert list(catalog()) == ["own"]
    assert trouble in catalog().troubles[name]
    assert "automl-toy 1.0" in catalog().troubles[name]


def test_of_two_packages_with_one_name_neither_is_used(install):
    install("automl-toy", {NECK_GROUP: {"mine": "toy.things:GOOD"}}, FILES)
    install("other-toy", {NECK_GROUP: {"mine": "toy.things:GOOD"}}, {})

    with pytest.raises(ConfigError, match=r"automl-toy 1\.0 is claimed by other-toy 1\.0, too"):
        catalog()["mine"]
    assert list(catalog()) == ["own"]


def test_a_package_seen_twice_on_the_path_is_one(install):
    folder = install("automl-toy", {NECK_GROUP: {"mine": "toy.things:GOOD"}}, FILES)
    install("Automl-Toy", {NECK_GROUP: {"mine": "toy.things:GOOD"}}, {})

    assert catalog()["mine"] == "good", folder


def test_shelved_names_have_a_shelf(install):
    install("automl-toy", {NECK_GROUP: {"a/b": "toy.things:GOOD", "mine": "toy.things:GOOD"}}, FILES)

    shelved = Catalog("neck", {}, group=NECK_GROUP, form=SHELVED_NAME)

    assert list(shelved) == ["a/b"]
    assert "no name of the form 'shelf/name'" in shelved.troubles["mine"]


def test_metadata_that_was_cut_short_harms_nobody(install):
    folder = install("automl-toy", {NECK_GROUP: {"mine": "toy.things:GOOD"}}, FILES)
    (folder / "cut-2.0.dist-info").mkdir()
    (folder / "cut-2.0.dist-info" / "entry_points.txt").write_text("[automl.necks]\nno equals sign\n")
    (folder / "cut-3.0.dist-info").mkdir()
    (folder / "cut-3.0.dist-info" / "entry_points.txt").write_text(
        "[automl.necks]\nlost = toy.things:GOOD\n"
    )

    assert {"own", "mine", "lost"} <= set(catalog())
    assert catalog().origin("lost").version == "(of unknown version)"


def test_of_sound_items_those_of_others_that_fail_are_left_out(install):
    install("automl-toy", {NECK_GROUP: {"mine": "toy.things:GOOD", "bad": "toy.absent:GOOD"}}, FILES)

    assert list(catalog().sound()) == ["0123456789", "good"]
    assert list(catalog().sound(["bad", "mine"])) == ["good"]
    with pytest.raises(AttributeError):
        list(Catalog("neck", {"own": "string:absent"}).sound())

"""Families for videos: what they see of a clip, alike in all frames; shapes; options."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.models.catalog import FAMILIES
from automl.models.layers.augmentation import AugmentationOptions
from automl.models.layers.clips import EveryFew, Motion, augment_clips
from automl.testing.networks import network
from automl.testing.tensors import videos

SMALL: dict[str, Any] = {"filters": 4, "width": 4, "blocks": 2, "stages": 2}
CLIPS = np.random.default_rng(0).normal(size=(3, 6, 9, 8, 3)).astype(np.float32)


def build(name: str, **options: Any) -> keras.Model:
    known = {item.name for item in fields(FAMILIES[name].options)}
    small = {key: value for key, value in SMALL.items() if key in known}
    return network(name, [videos(6, 9, 8, 3)], **{**small, **options})


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("video/cnn", {"motion": "both", "frame_step": 4, "over_time": "gru", "time_units": 3}),
        ("video/cnn", {"shrink": 2, "over_time": "attention", "frame_step": 2, "dense_width": 4}),
        ("video/space_time_cnn", {"motion": "frames", "over_time": "max"}),
        ("video/space_time_cnn", {"over_time": "both", "normalisation": "group"}),
    ],
)
def test_clips_are_answered_the_same_alone_and_beside_others(name: str, options: dict[str, Any]) -> None:
    model = build(name, **options)

    together = np.asarray(model({"video": CLIPS}))
    alone = np.concatenate([np.asarray(model({"video": clip[None]})) for clip in CLIPS])

    assert np.isfinite(together).all()
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_an_unknown_look_over_time_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"Unknown over_time 'grus'.*gru"):
        build("video/cnn", over_time="grus")


def test_networks_of_pictures_lend_no_changes_of_single_frames() -> None:
    names = {item.name for item in fields(FAMILIES["video/cnn"].options)}

    assert {"filters", "blocks", "motion", "flip", "shift"} <= names
    assert "mirror_images" not in names


@pytest.mark.parametrize(
    "options", [{"flip": "horizontal"}, {"shift": 0.2, "zoom": 0.2}, {"erasing": 0.3, "brightness": 0.5}]
)
def test_all_frames_of_a_clip_are_changed_alike(options: dict[str, Any]) -> None:
    entry = keras.Input((6, 9, 8, 3))
    model = keras.Model(entry, augment_clips(entry, AugmentationOptions(**options)))
    still = np.repeat(CLIPS[:, :1], 6, axis=1)
    many = np.concatenate([still] * 4)

    changed = np.asarray(model(many, training=True))

    np.testing.assert_allclose(changed, np.repeat(changed[:, :1], 6, axis=1), atol=1e-5)
    assert np.abs(changed - many).max() > 0.1
    np.testing.assert_array_equal(np.asarray(model(CLIPS)), CLIPS)


def test_every_few_frames_are_taken_from_another_one_on_in_training() -> None:
    clips = np.arange(7, dtype=np.float32).reshape(1, 7, 1, 1, 1).repeat(30, axis=0)
    layer = EveryFew(3, seed=0)

    plain, trained = (np.asarray(layer(clips, training=on))[:, :, 0, 0, 0] for on in (False, True))

    assert plain.tolist() == [[1, 4]] * 30
    assert {tuple(row) for row in trained.tolist()} == {(0, 3), (1, 4), (2, 5)}
    assert layer.compute_output_shape((None, 7, 2, 2, 3)) == (None, 2, 2, 2, 3)


@pytest.mark.parametrize("beside", [False, True])
def test_motion_is_what_changes_in_its_own_units(beside: bool) -> None:
    layer = Motion((0.5, 1.0, 2.0), beside=beside)

    seen = np.asarray(layer(CLIPS))

    changes = seen[..., -3:]
    np.testing.assert_array_equal(changes[:, 0], 0)
    np.testing.assert_allclose(
        changes[:, 1:], (CLIPS[:, 1:] - CLIPS[:, :-1]) / np.array([0.5, 1, 2]), atol=1e-5
    )
    assert seen.shape == layer.compute_output_shape(CLIPS.shape)
    again = Motion.from_config(layer.get_config())
    np.testing.assert_array_equal(np.asarray(again(CLIPS)), seen)

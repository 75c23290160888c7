"""Families for sounds: spectrograms inside the model, padding, masks, options."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import keras
import numpy as np
import pytest

from automl.core.spectrogram import scale_of
from automl.models.catalog import FAMILIES
from automl.models.layers.augmentation import AugmentationOptions
from automl.models.layers.log_mel import HeardFrames, HeardSteps, Level, MelLevels, NormalisedLevels
from automl.testing.networks import network
from automl.testing.tensors import sounds

NAMES = ("audio/cnn", "audio/residual_cnn")
SMALL: dict[str, Any] = {"filters": 4, "width": 4, "mel_bands": 16, "hop_ms": 20, "blocks": 2}
SCALE = scale_of(2_000, window_ms=25, hop_ms=10, bands=16, low=20, high_share=1.0)


def waves(lengths: tuple[int, ...], room: int = 1_600) -> np.ndarray:
    values = np.random.default_rng(0).normal(size=(len(lengths), room)).astype(np.float32)
    values[np.arange(room)[None, :] >= np.array(lengths)[:, None]] = np.nan
    return values


def build(name: str, **options: Any) -> keras.Model:
    known = {item.name for item in fields(FAMILIES[name].options)}
    small = {key: value for key, value in SMALL.items() if key in known}
    return network(name, [sounds(1_600, 2_000)], **{**small, **options})


def normalised(clips: np.ndarray, level: Level = "clip") -> np.ndarray:
    levels = MelLevels(SCALE)(clips)
    return np.asarray(NormalisedLevels(level)(levels, HeardFrames(SCALE)(levels, clips)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"level": "band", "band_summary": "average", "summary": "max", "trim": 40},
        {"window_ms": 64, "hop_ms": 8, "high_share": 0.5, "low_hz": 100, "summary": "average"},
    ],
)
def test_every_shape_gives_finite_features(name: str, options: dict[str, Any]) -> None:
    model = build(name, **options)

    answers = np.asarray(model({"sound": waves((1_600, 900, 5, 0))}))

    assert np.isfinite(answers).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_clip_is_answered_the_same_beside_any_other(name: str) -> None:
    model, clips = build(name), waves((900, 1_600, 300))

    together = np.asarray(model({"sound": clips}))

    for place in range(3):
        alone = np.asarray(model({"sound": clips[place : place + 1]}))
        np.testing.assert_allclose(together[place], alone[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_options_of_pictures_that_change_what_a_sound_is_are_gone(name: str) -> None:
    own = {item.name for item in fields(FAMILIES[name].options)}

    assert not own & {item.name for item in fields(AugmentationOptions)}
    assert "mirror_images" not in own


@pytest.mark.parametrize("level", ["clip", "band"])
def test_each_clip_is_normalised_over_its_own_frames(level: Level) -> None:
    clips = waves((1_600, 800)) * np.array([[0.01], [5.0]], np.float32)

    levels = normalised(clips, level)[..., 0]

    assert (levels[1, 41:] == 0).all()
    for real in (levels[0], levels[1, :41]):
        assert real.mean() == pytest.approx(0, abs=1e-3)
        assert real.std() == pytest.approx(1, abs=0.05)
    if level == "band":
        np.testing.assert_allclose(levels[0].mean(axis=0), 0, atol=1e-3)


def test_louder_is_the_same_to_a_network_that_takes_the_level_out() -> None:
    clips = waves((1_600,))

    np.testing.assert_allclose(normalised(clips), normalised(clips * 0.1), atol=1e-3)


def test_silence_is_no_special_case() -> None:
    assert (normalised(np.zeros((1, 1_600), np.float32)) == 0).all()


@pytest.mark.parametrize("steps", [81, 40, 11, 1])
def test_steps_of_a_map_are_real_as_far_as_the_clip_goes(steps: int) -> None:
    clips = waves((1_600, 800, 0))
    real = np.asarray(HeardSteps(steps)(HeardFrames(SCALE)(MelLevels(SCALE)(clips), clips)))

    assert real[0].all()
    assert real[1].sum() == pytest.approx(steps / 2, abs=1)
    assert real[2].sum() == 1


@pytest.mark.parametrize("trim", [0, 30])
def test_silence_at_both_ends_is_left_out_where_that_is_asked_for(trim: int) -> None:
    clips = waves((1_600,))
    clips[:, :500] *= 1e-4
    clips[:, 1_150:] *= 1e-4
    levels = MelLevels(SCALE)(clips)

    heard = np.asarray(HeardFrames(SCALE, trim)(levels, clips))

    inside = np.flatnonzero(heard[0])
    ends = (inside[0], inside[-1])
    assert ends == ((0, 80) if not trim else (pytest.approx(25, abs=2), pytest.approx(57, abs=2)))
    assert np.asarray(HeardSteps(4)(heard)).tolist() == [[not trim, True, True, not trim]]

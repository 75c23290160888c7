"""Maps lie on pictures, on spectrograms, and on the frames of a video with most on them."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.core.targets import TARGET, named
from automl.data.modality import Examples
from automl.explanations.filtered import BANDS, SPANS
from automl.explanations.map_pictures import KEY_FRAMES, map_note, map_pictures
from automl.explanations.method import Subject
from automl.explanations.methods.maps import explain
from automl.explanations.pieces import pieces_of
from tests.explanations.test_permuting import subject

RATE = 800
RANDOM = np.random.default_rng(0)


def test_the_frames_with_most_on_them_are_shown_in_their_order():
    clip = RANDOM.integers(0, 255, (8, 6, 6, 3)).astype(np.uint8)
    heat = np.zeros((8, 6, 6))
    heat[[1, 2, 5, 7], 3, 3] = [9.0, 1.0, 4.0, 2.0]
    item = pieces_of({"clip": clip[None]}, {})["clip"]

    shown = map_pictures(item, clip, heat)

    assert [each.name for each in shown] == [f"frame {at} of 8" for at in (2, 3, 6, 8)]
    assert len({each.mark for each in shown}) == KEY_FRAMES
    assert all(each.map.shape == each.below.shape == (6, 6, 3) for each in shown)
    assert f"{KEY_FRAMES} frames" in map_note(item)


def test_attributions_of_the_whole_have_no_places():
    item = pieces_of({"photo": np.zeros((1, 4, 4, 3), np.uint8)}, {})["photo"]

    assert map_pictures(item, np.zeros((4, 4, 3), np.uint8), np.asarray(1.0)) == []


@pytest.fixture
def beeps() -> Subject:
    """Sounds of a second, every other one with a beep in its second half, and how loud that is."""
    time = np.arange(RATE) / RATE
    sounds = RANDOM.normal(0, 0.02, (6, RATE)).astype(np.float32)
    sounds[::2, RATE // 2 :] += np.sin(2 * np.pi * 100 * time[RATE // 2 :]).astype(np.float32)
    raw = keras.Input((RATE,), name="sound")
    power = keras.ops.mean(keras.ops.square(raw[:, RATE // 2 :]), axis=1, keepdims=True)
    model = keras.Model({"sound": raw}, {TARGET: keras.layers.Dense(1, kernel_initializer="ones")(power)})
    return Subject(
        task=subject().task,
        examples=Examples(inputs={"sound": sounds}),
        rows=(0, 2),
        predict=lambda inputs, of=None: named(model(dict(inputs))),
        objective=subject().objective,
        model=lambda: model,
        rates={"sound": RATE},
    )


def test_a_sound_has_its_map_over_time_and_frequency(beeps):
    found = explain(beeps)

    assert found.values["how"] == "occlusion"
    heat = np.abs(np.array(found.values["rows"][0]["parts"]["sound"]))
    assert heat.shape == (SPANS, BANDS)
    assert heat[SPANS // 2 + 1 :].sum() > 20 * heat[: SPANS // 2 - 1].sum()
    assert found.values["sanity"]["deletion"]["gain"] > 0
    assert sorted(found.pictures) == ["map-0.png", "map-2.png"]
    assert "up to 400 Hz" in found.figures[0].note

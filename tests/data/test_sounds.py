"""Reading sounds: formats, rates, channels, lengths, broken files, the cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from automl.core.errors import DataError
from automl.core.phases import Phases
from automl.data.cache import ArrayCache
from automl.data.sound_form import LONGEST, SoundForm, SoundHeads, choose_form
from automl.data.sounds import fit_length, learn_sounds, read_sound, read_sounds
from tests.data.sounds import tone, tones, write

FORM = SoundForm(rate=8_000, samples=4_000)
FORMATS = {
    "u8.wav": {"subtype": "PCM_U8"},
    "s16.wav": {"subtype": "PCM_16"},
    "s24.wav": {"subtype": "PCM_24"},
    "s32.wav": {"subtype": "PCM_32"},
    "float.wav": {"subtype": "FLOAT"},
    "extensible.wav": {"format": "WAVEX", "subtype": "PCM_24"},
    "lossless.flac": {},
    "vorbis.ogg": {},
    "layer.mp3": {},
}


def heads(seconds: list[float], rate: int = 8_000) -> SoundHeads:
    count = len(seconds)
    return SoundHeads(
        seconds=np.array(seconds), rates=np.full(count, rate), channels=np.ones(count, np.int64)
    )


def learn(folder: Path, names: list[str], cache: ArrayCache | None = None):
    return learn_sounds([folder / name for name in names], "here", cache, Phases())


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("channels", [1, 2])
def test_every_format_gives_the_same_sound(tmp_path: Path, name: str, channels: int) -> None:
    sound = tone(300, 0.4, rate=44_100)
    stereo = np.stack([sound * 1.5, sound * 0.5], axis=1) if channels == 2 else sound
    path = write(tmp_path / name, stereo, 44_100, **FORMATS[name])

    read = read_sound(path, FORM)

    length = np.count_nonzero(~np.isnan(read))
    assert abs(length - 3_200) <= 0.05 * 8_000  # mp3 pads its ends
    middle, wanted = read[400:2_400], tone(300, 0.4, rate=8_000)[400:2_400]
    loudest = np.abs(np.fft.rfft(middle)).argmax()
    assert loudest * 8_000 / len(middle) == pytest.approx(300, abs=8)
    assert np.abs(middle).max() == pytest.approx(np.abs(wanted).max(), rel=0.1)


def test_a_longer_sound_keeps_its_middle_and_a_shorter_one_its_length() -> None:
    assert fit_length(np.arange(7.0), 3).tolist() == [2, 3, 4]
    np.testing.assert_array_equal(fit_length(np.arange(2.0), 3), [0, 1, np.nan])


@pytest.mark.parametrize(
    ("seconds", "rate", "wanted"),
    [
        ([0.5, 1.0], 8_000, SoundForm(rate=8_000, samples=8_000)),
        ([1.0] * 99 + [9.0], 8_000, SoundForm(rate=8_000, samples=8_000)),
        ([1.0] * 3, 44_100, SoundForm(rate=16_000, samples=16_000)),
        ([60.0] * 3, 8_000, SoundForm(rate=8_000, samples=round(LONGEST * 8_000))),
    ],
)
def test_a_job_has_room_for_nearly_all_of_its_sounds(
    seconds: list[float], rate: int, wanted: SoundForm
) -> None:
    assert choose_form(heads(seconds, rate), []) == wanted


def test_what_happens_to_sounds_is_told(tmp_path: Path) -> None:
    for place in range(60):
        write(tmp_path / f"{place}.wav", tone(300, 0.1))
    write(tmp_path / "long.wav", tone(300, 3.0))
    write(tmp_path / "other.wav", np.stack([tone(300, 0.1, rate=4_000)] * 2, axis=1), 4_000)

    sounds, form = learn(tmp_path, [f"{place}.wav" for place in range(60)] + ["long.wav", "other.wav"])

    assert form.rate == 2_000
    said = " ".join(sounds.notes)
    assert "1 of 62 sounds were resampled to 2,000 Hz (4,000 Hz)." in said
    assert "1 of 62 sounds have several channels" in said
    assert "62 sounds were read as 2,000 Hz, mono" in said
    assert "0.10 to 3.00 s long" in said


def test_few_broken_files_count_as_missing_and_many_are_refused(tmp_path: Path) -> None:
    names = tones(tmp_path, 30)
    (tmp_path / "0.wav").write_bytes(b"RIFF no sound at all")

    sounds, _ = learn(tmp_path, names)

    assert np.isnan(sounds.samples[0]).all()
    assert "1 of 30 sounds of here cannot be read" in sounds.notes[0]
    for name in names[1:4]:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(DataError, match=r"4 of 30 sounds of here cannot be read.*At most 5 %"):
        learn(tmp_path, names)


def test_nothing_readable_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("no")

    with pytest.raises(DataError, match=r"None of the 1 sound files is readable.*\.flac"):
        learn(tmp_path, ["a.wav"])


def test_samples_that_are_no_numbers_are_broken(tmp_path: Path) -> None:
    names = tones(tmp_path, 30)
    soundfile.write(tmp_path / "0.wav", np.full(100, np.nan), 2_000, subtype="FLOAT")

    assert "NaN or infinite" in learn(tmp_path, names)[0].notes[0]


def test_a_cache_keeps_what_was_read(tmp_path: Path) -> None:
    names, cache = tones(tmp_path, 12), ArrayCache(tmp_path / "cache")
    first, form = learn(tmp_path, names, cache)
    entries = sorted((tmp_path / "cache").iterdir())

    again = read_sounds([tmp_path / name for name in names], form, "here", cache, Phases())

    np.testing.assert_array_equal(again.samples, first.samples)
    assert sorted((tmp_path / "cache").iterdir()) == entries

"""Recordings with transcripts are read from every layout alike; what cannot be learned from is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import ConfigError, DataError
from automl.core.targets import TARGET
from automl.data.inference import infer_modality
from automl.data.modalities.speech import SPEECH
from automl.data.modality import Dataset, Examples, ReadOptions
from automl.data.raw_model import predict
from automl.data.source import open_source
from automl.data.splits import make_folds
from automl.data.unseen import notes_on_unseen
from tests.data import spoken
from tests.data.sounds import RATE, class_folders, write

MAKERS = {
    "csv": spoken.csv,
    "common voice": spoken.common_voice,
    "nemo": spoken.nemo,
    "librispeech": spoken.librispeech,
}
TEXTS = spoken.sentences(12)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return spoken.csv(tmp_path, TEXTS)


def read(data: object, **options: Any) -> Dataset:
    return SPEECH.read(open_source(data), ReadOptions(**options))


def again(data: object, dataset: Dataset, *, targets: bool = False) -> tuple[Examples, tuple[str, ...]]:
    return SPEECH.read_again(open_source(data), dataset.schema, targets=targets)


def add(table: Path, *lines: str) -> None:
    table.write_text(table.read_text() + "\n".join(lines) + "\n")


@pytest.mark.parametrize("layout", MAKERS)
def test_every_layout_is_recognised_and_read_alike(layout: str, tmp_path: Path) -> None:
    path = MAKERS[layout](tmp_path / "data", TEXTS)

    choice = infer_modality(open_source(path), ReadOptions())
    dataset = read(path)

    assert choice.name == "speech"
    assert "Read as speech" in choice.reason
    assert dataset.task == "transcription"
    assert sorted(dataset.examples.targets[TARGET]) == sorted(TEXTS)
    longest = max(len(spoken.spoken(text)) for text in TEXTS)
    assert dataset.examples.inputs["sound"].shape == (12, longest)
    assert (dataset.schema["unit"], dataset.schema["known"]) == ("word", ["hi", "lo"])
    assert any("Only these words are written" in note for note in dataset.notes)


def test_a_table_of_sounds_and_labels_stays_one_of_classes(table: Path, tmp_path: Path) -> None:
    def modality(data: object, **options: Any) -> str:
        return infer_modality(open_source(data), ReadOptions(**options)).name

    labelled = pd.read_csv(table).rename(columns={"transcript": "label"})
    labelled["path"] = [str(tmp_path / name) for name in labelled["path"]]

    assert modality(table, task="multiclass", target=("transcript",)) == "audio"
    assert modality(labelled, target=("label",)) == "audio"
    assert modality(labelled, task="transcription", target=("label",)) == "speech"
    assert modality(class_folders(tmp_path / "classes")) == "audio"


def test_a_quotation_mark_of_common_voice_is_one_of_the_transcript(tmp_path: Path) -> None:
    path = spoken.common_voice(tmp_path, [*TEXTS, "hi"])
    path.write_text(path.read_text().replace("\thi\t2\n", '\t"hi\t2\n'))

    dataset = read(path)

    assert len(dataset.examples) == 13
    assert '"hi' in dataset.examples.targets[TARGET]


def test_speakers_of_librispeech_stay_on_one_side(tmp_path: Path) -> None:
    dataset = read(spoken.librispeech(tmp_path, TEXTS))

    (fold,) = make_folds(dataset, folds=None, seed=0)

    speakers = dataset.examples.groups
    assert set(speakers) == {"0", "1", "2", "3"}
    assert not set(speakers[fold.train]) & set(speakers[fold.validation])
    assert any("4 speakers" in note for note in dataset.notes)


def test_parts_of_a_table_are_kept(table: Path) -> None:
    frame = pd.read_csv(table).assign(split=["train"] * 7 + ["dev"] * 2 + ["test"] * 3)
    frame.to_csv(table, index=False)

    dataset = read(table)
    test, notes = again(table, dataset, targets=True)

    assert len(dataset.examples) == 9
    assert dataset.validates.tolist() == [7, 8]
    assert any("3 recordings of the test part are left out" in note for note in dataset.notes)
    assert test.targets[TARGET].tolist() == TEXTS[-3:]
    assert any("test part alone" in note for note in notes)


def test_what_cannot_be_learned_from_is_counted_and_told(table: Path, tmp_path: Path) -> None:
    write(tmp_path / "short.wav", spoken.spoken("hi")[: RATE // 20])
    write(tmp_path / "long.wav", np.zeros(21 * RATE, np.float32) + 0.01)
    add(table, "gone.wav,hi", "000.wav,", ",hi", "short.wav,hi lo hi", "long.wav,hi")

    dataset = read(table)

    told = "\n".join(dataset.notes)
    assert dataset.examples.targets[TARGET].tolist() == TEXTS
    for said in (
        "1 of 16 recordings are not there",
        "1 of 16 recordings have an empty transcript",
        "1 rows name no sound",
        "1 of 14 recordings are longer than 20 s",
        "1 of 14 recordings are too short for their transcript",
    ):
        assert said in told


def test_unreadable_recordings_are_left_out_up_to_a_share(tmp_path: Path) -> None:
    table = spoken.csv(tmp_path, spoken.sentences(24))
    (tmp_path / "003.wav").write_bytes(b"RIFF")

    dataset = read(table)

    assert len(dataset.examples) == 23
    assert any("cannot be read" in note and "left out" in note for note in dataset.notes)
    for name in ("004.wav", "005.wav"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(DataError, match="3 of 24 sounds"):
        read(table)


def test_steps_are_short_enough_for_the_fastest(table: Path, tmp_path: Path) -> None:
    slow = read(table, tokenizer="character").schema["step_ms"]
    seconds = len(spoken.spoken("hi")) / RATE
    write(tmp_path / "fast.wav", spoken.spoken("hi"))
    add(table, "fast.wav,hi loo")

    fast = read(table, tokenizer="character").schema["step_ms"]

    # six characters, and a blank between two that are equal
    assert fast == pytest.approx(1000 * seconds / 7 / 1.25)
    assert fast < slow


@pytest.mark.parametrize(("unit", "strange"), [("character", "'j' (1)"), ("word", "'joe' (1)")])
def test_tokens_that_only_validation_has_are_told(table: Path, unit: str, strange: str) -> None:
    dataset = read(table, tokenizer=unit)
    texts = dataset.examples.targets[TARGET]
    (fold,) = make_folds(dataset, folds=None, seed=0)
    texts[fold.validation[0]] = "hi joe"

    (note,) = notes_on_unseen(dataset, (fold,))

    assert f"The validation part has {unit}s that training does not have" in note
    assert strange in note


def test_characters_of_another_list_are_told(table: Path, tmp_path: Path) -> None:
    dataset = read(table, tokenizer="character")
    other = spoken.csv(tmp_path / "other", ["hi lo", "hi"])
    other.write_text(other.read_text().replace("hi lo", "hé lo"))

    examples, notes = again(other, dataset, targets=True)

    assert examples.targets[TARGET].tolist() == ["hé lo", "hi"]
    assert any("characters that training does not have" in note and "'é' (1)" in note for note in notes)


def test_any_recordings_can_be_transcribed_and_long_ones_are_cut_where_it_is_quiet(
    table: Path, tmp_path: Path
) -> None:
    dataset = read(table)
    long = spoken.spoken("hi lo " * 6)
    write(tmp_path / "new" / "long.wav", long)
    write(tmp_path / "new" / "one.wav", spoken.spoken("lo"))

    examples, notes = again(tmp_path / "new", dataset)

    keys = pd.DataFrame(examples.keys)
    cut = keys[keys["file"] == "long.wav"]
    assert cut["start"].iloc[0] == 0
    assert cut["end"].iloc[-1] == pytest.approx(len(long) / RATE, abs=1e-3)
    np.testing.assert_array_equal(cut["start"].iloc[1:], cut["end"].iloc[:-1])
    # a word begins every .24 s, after .1 s of silence
    within = cut["end"].iloc[:-1] % 0.24
    assert ((within < 0.11) | (within > 0.23)).all()
    assert any("1 of 2 recordings are longer" in note for note in notes)
    assert len(again(tmp_path / "new" / "one.wav", dataset)[0]) == 1


def test_lists_without_transcripts_and_arrays_can_be_transcribed(table: Path, tmp_path: Path) -> None:
    dataset = read(table)
    pd.read_csv(table)[["path"]].to_csv(tmp_path / "bare.csv", index=False)

    assert again(tmp_path / "bare.csv", dataset)[0].keys["file"].tolist()[:2] == ["000.wav", "001.wav"]
    (values,) = again(np.stack([spoken.spoken("hi")] * 2), dataset)[0].inputs.values()
    assert np.isnan(values[:, -1]).all()
    with pytest.raises(DataError, match="got 18,000 samples"):
        again(np.zeros((1, 9 * RATE), np.float32), dataset)


def test_preprocessing_gives_room_and_the_longest_step(table: Path) -> None:
    dataset = read(table)

    done = SPEECH.fit(dataset, np.arange(12), seed=0)

    (spec,) = done.inputs
    short = spoken.spoken("hi")[None]
    sound = predict(done.model, {"sound": short}, batch_size=1)["sound"]
    assert (spec.kind, spec.facts.rate, spec.facts.step_ms) == ("sound", RATE, dataset.schema["step_ms"])
    np.testing.assert_array_equal(sound[0, : short.shape[1]], short[0])
    assert np.isnan(sound[0, short.shape[1] :]).all()


def test_only_known_words_are_written_where_they_are_few_and_none_is_rare(table: Path) -> None:
    assert read(table).schema["unit"] == "word"
    add(table, "000.wav,hello")

    dataset = read(table)

    assert dataset.schema["unit"] == "character"
    assert not any("Only these words" in note for note in dataset.notes)
    assert read(table, tokenizer="word").schema["known"] == ["hello", "hi", "lo"]


def test_too_many_known_words_are_refused(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automl.data.modalities.speech.MOST_KNOWN_WORDS", 1)

    with pytest.raises(ConfigError, match="up to 1 different words, and the transcripts have 2"):
        read(table, tokenizer="word")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"tokenizer": "bytes"}, "Unknown tokenizer"),
        ({"target": ("transkript",)}, "transcript"),
        ({"target": ("path", "transcript")}, "one column"),
        ({"group_column": "who"}, "no column 'who'"),
        ({"lookback": 8}, "lookback"),
        ({"keep": ("path",)}, "keep"),
    ],
)
def test_options_that_do_not_fit_are_refused(table: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises((ConfigError, DataError), match=said):
        read(table, **options)


def test_lists_without_sounds_or_transcripts_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("path,label\nx.png,1\n")
    (tmp_path / "b.jsonl").write_text('{"audio_filepath": "x.wav", "duration": 1}\n')
    (tmp_path / "c.jsonl").write_text('{"audio_filepath": "x.wav", "text": "a", "offset": 2.5}\n')
    (tmp_path / "d.csv").write_text("path,text\nx.wav,hi\n")

    for name, said in {
        "a.csv": "paths of sounds",
        "b.jsonl": "what is said",
        "c.jsonl": "1 rows name parts of recordings",
        "d.csv": "none of the 1 recordings is there",
    }.items():
        with pytest.raises(DataError, match=said):
            read(tmp_path / name)
    with pytest.raises(DataError, match="holds no transcripts"):
        read(tmp_path)

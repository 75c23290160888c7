"""Sounds from folders, tables, single files and memory: what they are read as, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import ConfigError, DataError
from automl.data.inference import infer_modality
from automl.data.modalities.audio import AUDIO
from automl.data.modalities.mixed import MIXED
from automl.data.modality import Dataset, ReadOptions
from automl.data.raw_model import predict
from automl.data.source import open_source
from automl.data.splits import make_folds
from tests.data.pictures import pictures
from tests.data.sounds import RATE, class_folders, tone


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return class_folders(tmp_path / "calls")


@pytest.fixture
def manifest(folder: Path) -> Path:
    """A table beside the folder: paths, labels, four speakers and a number."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.wav"))
    frame = pd.DataFrame({"path": files, "label": [file.split("/")[0] for file in files]})
    frame["speaker"] = [f"s{row % 4}" for row in range(len(files))]
    frame["level"] = np.linspace(0, 1, len(files)).round(3)
    frame.to_csv(folder / "calls.csv", index=False)
    return folder / "calls.csv"


def read(data: object, **options: Any) -> Dataset:
    return AUDIO.read(open_source(data), ReadOptions(**options))


def modality(data: object, **options: Any) -> str:
    return infer_modality(open_source(data), ReadOptions(**options)).name


def test_folders_and_tables_of_sounds_are_recognised(folder: Path, manifest: Path) -> None:
    alone = {"target": ("label",), "drop": ("level", "speaker")}

    assert modality(folder) == "audio"
    assert modality(manifest, **alone) == "audio"
    assert modality(pd.read_csv(manifest), **alone) == "audio"
    assert modality(manifest, target=("label",), group_column="speaker") == "mixed"  # level is a feature


def test_a_folder_of_pictures_stays_one_of_pictures(folder: Path) -> None:
    pictures(folder / "low", 40)

    assert modality(folder) == "image"


def test_a_folder_per_class_is_read_with_true_lengths(folder: Path) -> None:
    dataset = read(folder)

    (sounds,) = dataset.examples.inputs.values()
    assert dataset.task == "binary"
    assert sounds.shape == (16, round(0.34 * RATE))
    lengths = (~np.isnan(sounds)).sum(axis=1)
    assert sorted(lengths.tolist()) == sorted(
        [round((0.2 + 0.02 * place) * RATE) for place in range(8)] * 2
    )
    assert dataset.examples.keys["file"][0] == "high/0.wav"
    assert dataset.examples.targets["target"].tolist() == ["high"] * 8 + ["low"] * 8


def test_a_table_gives_groups_for_the_split(manifest: Path) -> None:
    dataset = read(manifest, target=("label",), group_column="speaker", drop=("level",))

    folds = make_folds(dataset, folds=4, seed=0)

    for fold in folds:
        speakers = dataset.examples.groups
        assert not set(speakers[fold.train]) & set(speakers[fold.validation])
    assert dataset.examples.keys["file"][0] == "high/0.wav"


def test_a_column_of_speakers_is_taken_for_groups_and_told(manifest: Path) -> None:
    dataset = read(manifest, target=("label",), drop=("level",))
    alone = read(manifest, target=("label",), drop=("level", "speaker"))

    assert set(dataset.examples.groups) == {"s0", "s1", "s2", "s3"}
    assert any("Column 'speaker' was taken for the speaker or recording" in note for note in dataset.notes)
    assert alone.examples.groups is None


def test_tags_and_numbers_are_targets_too(manifest: Path) -> None:
    frame = pd.read_csv(manifest).assign(
        dog=[row % 2 for row in range(16)], rain=[row % 3 // 2 for row in range(16)]
    )
    frame.to_csv(manifest, index=False)

    tags = read(manifest, target=("dog", "rain"), drop=("level", "speaker", "label"))
    amounts = read(manifest, target=("level",), drop=("speaker", "label", "dog", "rain"))

    assert tags.task == "multilabel"
    assert amounts.task == "regression"


def test_other_columns_are_left_aside_and_told(manifest: Path) -> None:
    dataset = read(manifest, target=("label",))

    assert "Sounds alone are read, and not the columns 'level'." in dataset.notes


def test_for_prediction_any_folder_a_file_and_arrays_will_do(folder: Path) -> None:
    dataset = read(folder)

    def again(data: object) -> Any:
        return AUDIO.read_again(open_source(data), dataset.schema, targets=False)[0]

    assert again(folder / "low").keys["file"].tolist() == [f"{place}.wav" for place in range(8)]
    assert again(folder / "low" / "3.wav").keys["file"].tolist() == ["3.wav"]
    waves = np.stack([tone(150, 0.5), tone(600, 0.5)])
    (values,) = again(waves).inputs.values()
    np.testing.assert_array_equal(values, waves[:, 160 : 160 + 680])  # the middle of longer ones


def test_labelled_sounds_are_read_again(folder: Path, manifest: Path, tmp_path: Path) -> None:
    by_folder = read(folder)
    by_table = read(manifest, target=("label",))
    shutil.copytree(folder / "low", tmp_path / "others" / "low")

    for dataset in (by_folder, by_table):
        examples, _ = AUDIO.read_again(open_source(tmp_path / "others"), dataset.schema, targets=True)
        assert examples.targets["target"].tolist() == ["low"] * 8


def test_rows_without_a_sound_are_left_out_and_told(manifest: Path) -> None:
    frame = pd.concat([pd.read_csv(manifest)] * 2, ignore_index=True)
    frame.loc[3, "path"] = ""
    frame.to_csv(manifest, index=False)

    dataset = read(manifest, target=("label",))

    assert len(dataset.examples) == 31
    assert 3 not in dataset.examples.rows
    assert any("1 of 32 rows without sounds" in note for note in dataset.notes)


def test_what_cannot_be_searched_is_refused(folder: Path, manifest: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="holds no sounds"):
        read(tmp_path / "empty")
    shutil.rmtree(folder / "high")
    with pytest.raises(DataError, match="at least 2; found only the class 'low'"):
        read(folder)
    with pytest.raises(DataError, match=r"expected one column with paths of sounds.*found none"):
        read(manifest, target=("label",), drop=("path",))
    with pytest.raises(ConfigError, match="keep makes columns features"):
        read(manifest, target=("label",), keep=("level",))
    with pytest.raises(DataError, match="the rate of sounds in memory is not known"):
        read((np.zeros((20, 100)), np.arange(20) % 2))


def test_a_missing_file_names_itself(manifest: Path) -> None:
    frame = pd.read_csv(manifest)
    frame.assign(path="gone/" + frame["path"]).to_csv(manifest, index=False)

    with pytest.raises(DataError, match="names sounds, but none of the first 16 exists"):
        read(manifest, target=("label",))


def test_a_sound_means_the_same_alone_padded_and_beside_others(folder: Path) -> None:
    dataset = read(folder)
    fitted = AUDIO.fit(dataset, np.arange(16), seed=0)
    (name,) = dataset.examples.inputs
    sound = tone(300, 0.25)

    def tensors(*sounds: np.ndarray) -> dict[str, np.ndarray]:
        room = max(len(item) for item in sounds)
        padded = [np.pad(item, (0, room - len(item)), constant_values=np.nan) for item in sounds]
        return predict(fitted.model, {name: np.stack(padded)}, batch_size=4)

    alone = tensors(sound)
    for others in ([np.full(300, np.nan, np.float32)], [tone(600, 1.0) * 2], [np.zeros(700, np.float32)]):
        beside = tensors(sound, *others)
        for kind, values in alone.items():
            np.testing.assert_allclose(beside[kind][0], values[0], rtol=1e-5, atol=1e-5)


def test_statistics_are_standardised_and_tell_tones_apart(folder: Path) -> None:
    dataset = read(folder)
    fitted = AUDIO.fit(dataset, np.arange(16), seed=0)

    features = fitted.transform(dataset.examples)["cepstrum"]

    np.testing.assert_allclose(features.mean(axis=0), 0, atol=1e-3)
    high, low = features[:8], features[8:]
    assert (np.abs(high.mean(axis=0) - low.mean(axis=0)) > 1).mean() > 0.1


def test_a_column_of_sounds_beside_numbers_feeds_one_model(manifest: Path) -> None:
    dataset = MIXED.read(open_source(manifest), ReadOptions(target=("label",), group_column="speaker"))

    fitted = MIXED.fit(dataset, np.arange(16), seed=0)

    assert {spec.kind for spec in fitted.inputs} == {"numeric", "ranks", "sound", "cepstrum"}
    assert dataset.kinds == {"path": "sounds", "level": "numbers"}

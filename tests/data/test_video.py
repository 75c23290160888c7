"""Videos from folders, tables, single files and memory: what they are read as, split, preprocessed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data.inference import infer_modality
from automl.data.modalities.image import IMAGE
from automl.data.modalities.video import VIDEO
from automl.data.modality import Dataset, ReadOptions
from automl.data.preprocessing.motion import flow, motion_statistics
from automl.data.preprocessing.video import FitFrames
from automl.data.raw_model import predict
from automl.data.source import open_source
from automl.data.splits import make_folds
from automl.data.video_form import VideoForm
from automl.data.videos import read_video
from tests.data.pictures import pictures
from tests.data.videos import FRAMES, SIDE, class_folders, squares, write


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return class_folders(tmp_path_factory.mktemp("made") / "clips")


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "clips"))


@pytest.fixture
def manifest(folder: Path) -> Path:
    """A table in the folder: paths, labels, and four sources of four videos each."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.mp4"))
    frame = pd.DataFrame({"file": files, "label": [file.split("/")[0] for file in files]})
    frame["source_video"] = [row % 4 for row in range(len(files))]
    frame.to_csv(folder / "clips.csv", index=False)
    return folder / "clips.csv"


def read(data: object, **options: Any) -> Dataset:
    return VIDEO.read(open_source(data), ReadOptions(**options))


def modality(data: object, **options: Any) -> str:
    return infer_modality(open_source(data), ReadOptions(**options)).name


def test_folders_and_tables_of_videos_are_recognised(folder: Path, manifest: Path) -> None:
    frame = pd.read_csv(manifest)

    assert modality(folder) == "video"
    assert modality(manifest, target=("label",)) == "video"
    assert modality(frame, target=("label",), group_column="source_video") == "video"
    assert modality(frame.assign(n=frame.index / 7), target=("label",)) == "mixed"
    pictures(folder / "still", 40)
    assert modality(folder) == "image"


def test_animated_gifs_are_images_unless_videos_are_asked_for(tmp_path: Path) -> None:
    for name, speed in (("still", 0), ("moving", 3)):
        for place in range(5):
            write(tmp_path / name / f"{place}.gif", squares(speed, seed=place))

    notes = IMAGE.read(open_source(tmp_path), ReadOptions()).notes

    assert modality(tmp_path) == "image"
    assert any("--modality video reads animated GIFs whole" in note for note in notes)
    assert read(tmp_path, frames=3).examples.inputs["video"].shape == (10, 3, SIDE, SIDE, 3)


def test_a_folder_per_class_is_read(folder: Path) -> None:
    dataset = read(folder, frames=4)

    videos = dataset.examples.inputs["video"]
    assert dataset.task == "binary"
    assert (videos.shape, videos.dtype) == ((16, 4, SIDE, SIDE, 3), np.uint8)
    assert dataset.examples.keys["file"][0] == "moving/0.mp4"
    assert dataset.examples.groups is None
    assert dataset.handling.example_seconds > 0


def test_a_column_of_sources_keeps_them_together_and_is_told(manifest: Path) -> None:
    dataset = read(manifest, target=("label",), frames=2)

    groups = dataset.examples.groups
    assert groups is not None
    assert any("'source_video' was taken for the source video" in note for note in dataset.notes)
    for fold in make_folds(dataset, folds=4, seed=0):
        assert not {*groups[fold.train]} & {*groups[fold.validation]}
    assert read(manifest, target=("label",), drop=("source_video",), frames=2).examples.groups is None


def test_names_of_parts_keep_sources_together_and_are_told(made: Path, tmp_path: Path) -> None:
    for place, path in enumerate(sorted(made.rglob("*.mp4"))):
        target = tmp_path / path.parent.name / f"v_{path.parent.name}_g{place // 2:02d}_c{place % 2}.mp4"
        target.parent.mkdir(exist_ok=True)
        shutil.copy(path, target)

    dataset = read(tmp_path, frames=2)

    assert dataset.examples.groups is not None
    assert len(set(dataset.examples.groups)) == 8
    assert any("are parts of 8 source videos" in note for note in dataset.notes)


def test_other_files_are_read_the_same_way(folder: Path, manifest: Path) -> None:
    dataset = read(folder, frames=4)

    again, _ = VIDEO.read_again(open_source(folder), dataset.schema, targets=True)
    single, _ = VIDEO.read_again(open_source(folder / "still/1.mp4"), dataset.schema, targets=False)
    more, _ = VIDEO.read_again(
        open_source(manifest), read(manifest, target=("label",), frames=4).schema, targets=True
    )

    np.testing.assert_array_equal(again.inputs["video"], dataset.examples.inputs["video"])
    assert single.keys["file"].tolist() == ["1.mp4"]
    np.testing.assert_array_equal(single.inputs["video"][0], dataset.examples.inputs["video"][9])
    np.testing.assert_array_equal(more.inputs["video"], dataset.examples.inputs["video"])


def test_unreadable_videos_are_left_out(folder: Path) -> None:
    for place in range(8, 15):
        write(folder / "still" / f"{place}.mp4", squares(0, seed=place))
    (folder / "still/3.mp4").write_bytes(b"")

    dataset = read(folder, frames=2)

    assert len(dataset.examples) == 22
    assert any("1 of 23 rows without videos that can be read" in note for note in dataset.notes)


def test_what_cannot_be_learned_from_is_refused(folder: Path, tmp_path: Path) -> None:
    schema = read(folder, frames=2).schema
    shutil.rmtree(folder / "moving")
    (tmp_path / "empty").mkdir()

    with pytest.raises(DataError, match="found only the class 'still'"):
        read(folder)
    with pytest.raises(DataError, match="holds no videos"):
        read(tmp_path / "empty")
    with pytest.raises(DataError, match="how fast frames in memory follow is not known"):
        read((np.zeros((4, 3, 8, 8, 3)), np.zeros(4)))
    with pytest.raises(DataError, match=r"Expected videos as an array \(n, frames, height, width, 3\)"):
        VIDEO.read_again(open_source(np.zeros((4, 8, 8, 3))), schema, targets=False)


def test_the_model_takes_any_number_of_frames_of_any_size(folder: Path) -> None:
    dataset = read(folder, frames=3, image_size=8)
    fitted = VIDEO.fit(dataset, np.arange(16), seed=0)
    stored = dataset.examples.inputs["video"][:2]
    form = VideoForm(frames=FRAMES, height=SIDE, width=SIDE)
    whole = np.stack([read_video(folder / "moving" / f"{place}.mp4", form) for place in range(2)])

    once = predict(fitted.model, {"video": stored}, batch_size=2)
    same = predict(fitted.model, {"video": whole}, batch_size=2)

    # pixels of the reader are whole numbers
    np.testing.assert_allclose(same["video"], once["video"], atol=0.02)
    assert {spec.kind for spec in fitted.inputs} == {"video", "motion"}
    every = fitted.transform(dataset.examples)
    np.testing.assert_allclose(every["motion"].mean(axis=0), 0, atol=1e-3)
    assert abs(float(every["video"].mean())) < 1e-3


def test_frames_are_chosen_as_the_reader_of_files_does() -> None:
    videos = np.arange(10, dtype=np.float32).reshape(1, 10, 1, 1, 1) * np.ones((1, 1, 2, 2, 3), np.float32)

    for frames, wanted in ((5, [1, 3, 5, 7, 9]), (2, [2, 7]), (20, [0, 0, 1, 1])):
        taken = np.asarray(FitFrames(frames, 2, 2)(videos))[0, :, 0, 0, 0]
        assert taken[: len(wanted)].tolist() == wanted


def test_speeds_of_moving_waves_are_found() -> None:
    """A wave of 16 pixels moves half a pixel right in each frame, another one a quarter down."""
    y, x = np.mgrid[:32, :32].astype(np.float32)

    def wave(right: float, below: float, time: float) -> np.ndarray:
        phase = 2 * np.pi / 16
        return 0.25 * (np.sin(phase * (x - right * time)) + np.sin(phase * (y - below * time)))

    frames = np.stack([wave(0.5, 0.25, time) for time in range(3)])[None].astype(np.float32)

    across, down = flow((frames[:, 1:] + frames[:, :-1]) / 2, frames[:, 1:] - frames[:, :-1])

    inner = (..., slice(1, -1), slice(1, -1))
    right, below = (float(np.asarray(item)[inner].mean()) for item in (across, down))
    # where contrast is low, speeds are told too low
    assert 0.25 < right < 0.5
    assert below == pytest.approx(right / 2, rel=0.1)


@pytest.mark.parametrize("shape", [(2, 3, 3), (3, 8, 8), (5, 20, 9)])
def test_statistics_of_motion_are_finite_and_grow_with_it(shape: tuple[int, int, int]) -> None:
    random = np.random.default_rng(0)
    noise = random.uniform(0, 255, (1, *shape, 3)).astype(np.float32)
    still = np.repeat(noise[:, :1], shape[0], axis=1)

    calm, wild = np.asarray(motion_statistics(np.concatenate([still, noise])))

    assert np.isfinite(calm).all()
    assert np.isfinite(wild).all()
    assert wild[0] > calm[0] + 1

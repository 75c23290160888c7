"""Data sets of Hugging Face are read as tables: classes by name, files as paths, splits as they say."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from automl.core.errors import ConfigError, DataError
from automl.data.remote import store
from automl.data.source import digest, open_source, refuse_parts
from automl.jobs.config import JobConfig
from automl.jobs.intake.intake import check_early, divide

datasets = pytest.importorskip("datasets")

AGES = [float(age) for age in range(40)]
LABELS = [age % 2 for age in range(40)]


def table(*, rows: int = 40, **more: object) -> datasets.Dataset:
    features = datasets.Features(
        {"age": datasets.Value("float32"), "label": datasets.ClassLabel(names=["no", "yes"])}
    )
    return datasets.Dataset.from_dict({"age": AGES[:rows], "label": LABELS[:rows]}, features=features)


def png(shade: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (4, 4), (shade, 0, 0)).save(stream, "PNG")
    return stream.getvalue()


def test_classes_have_their_names_and_rows_their_order():
    source = open_source(table().select([1, 0, 3]))
    assert source.content["label"].tolist() == ["yes", "no", "yes"]
    assert source.content["age"].tolist() == [1, 0, 3]


def test_a_format_and_a_transform_of_the_user_are_left_out():
    def refuse(rows: object) -> object:
        raise AssertionError("ran")

    assert open_source(table().with_transform(refuse)).content.shape == (40, 2)


def test_unknown_classes_are_missing():
    features = datasets.Features({"label": datasets.ClassLabel(names=["no", "yes"])})
    data = datasets.Dataset.from_dict({"label": [-1, None, 1]}, features=features)
    assert open_source(data).content["label"].isna().tolist() == [True, True, False]


def test_pictures_are_files_that_are_written_once(tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "own.png")
    pictures = [{"bytes": png(200), "path": "x"}, {"bytes": None, "path": str(tmp_path / "own.png")}, None]
    features = datasets.Features({"photo": datasets.Image(), "label": datasets.Value("int8")})
    data = datasets.Dataset.from_dict({"photo": pictures, "label": [0, 1, 0]}, features=features)
    source = open_source(data)
    first, second, third = source.content["photo"]
    assert np.asarray(Image.open(first))[0, 0].tolist() == [200, 0, 0]
    assert Path(first).suffix == ".png"
    assert second == str(tmp_path / "own.png")
    assert third is None or third != third
    assert "files (" in source.notes[0]
    assert digest(source) == digest(open_source(data))


def test_sounds_are_files_whatever_decodes_them_elsewhere(monkeypatch):
    features = datasets.Features({"a": datasets.Audio(), "label": datasets.Value("string")})
    sound = {"bytes": b"RIFF\0\0\0\0WAVE", "path": "x.bin"}
    data = datasets.Dataset(pa.table({"a": [sound], "label": ["b"]}, schema=features.arrow_schema))
    path = Path(open_source(data).content["a"][0])
    assert (path.suffix, path.read_bytes()) == (".wav", sound["bytes"])

    monkeypatch.setattr(store, "USED_SECONDS", -1)
    monkeypatch.setattr(store, "LARGEST", 0)
    store.forget_oldest(path.parent)
    assert not path.exists()


def test_files_that_are_nowhere_are_refused():
    features = datasets.Features({"photo": datasets.Image()})
    data = datasets.Dataset.from_dict({"photo": [{"bytes": None, "path": "gone.png"}]}, features=features)
    with pytest.raises(DataError, match=r"gone\.png is neither"):
        open_source(data)


def test_splits_train_and_validate_and_the_test_part_is_not_read():
    splits = datasets.DatasetDict(train=table(), validation=table(rows=10), test=table(rows=4))
    config = JobConfig(target=("label",))
    divided = divide(config, check_early(config, splits))
    assert len(divided.reading.dataset.examples) == 40
    assert divided.validation is not None
    assert len(divided.validation) == 10
    assert "'train' is trained on, 'validation' validates. Not read: 'test'." in divided.notes[0]


def test_several_splits_are_no_data_to_predict_on():
    splits = datasets.DatasetDict(train=table(), test=table(rows=4))
    with pytest.raises(DataError, match=r"splits train, test: give one, such as data\['test'\]"):
        refuse_parts(open_source(splits))
    refuse_parts(open_source(datasets.DatasetDict(test=table())))


def test_folds_and_a_split_for_validation_are_refused_together():
    splits = datasets.DatasetDict(train=table(), validation=table())
    with pytest.raises(ConfigError, match="folds and validation cannot be combined"):
        check_early(JobConfig(target=("label",), folds=3), splits)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (datasets.DatasetDict(a=table(), b=table()), "splits a, b: give one"),
        (table().to_iterable_dataset(), r"need not end.*take\(100_000\)"),
        (table().select([]), "no rows"),
    ],
    ids=["splits of other names", "stream", "empty"],
)
def test_what_is_no_training_data_is_refused(data, words):
    with pytest.raises(DataError, match=words):
        open_source(data)

"""Reading pictures: what is accepted, what is refused, and that training and export see the same pixels."""

from __future__ import annotations

import json
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from automl.core.errors import ConfigError, DataError
from automl.core.notes import warnings_of
from automl.data.catalog import MODALITIES
from automl.data.image_heads import Form, choose_form, choose_size, notes_of_heads, read_heads
from automl.data.image_scales import BYTES, WORDS
from automl.data.images import decode, read_picture
from automl.data.modality import Dataset, ReadOptions
from automl.data.source import open_source

IMAGE = MODALITIES["image"]


def picture(path: Path, *, size: tuple[int, int] = (8, 8), mode: str = "RGB", value: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", size, value).convert(mode).save(path)
    return path


def class_folders(root: Path, *, per_class: int = 3, classes: tuple[str, ...] = ("cat", "dog")) -> Path:
    for number, name in enumerate(classes):
        for item in range(per_class):
            picture(root / name / f"{item}.png", value=40 * number + item)
    return root


def read(data: object, **options: object) -> Dataset:
    return IMAGE.read(open_source(data), ReadOptions(**options))


def test_a_folder_per_class_gives_labels_and_file_names(tmp_path: Path) -> None:
    dataset = read(class_folders(tmp_path))
    assert dataset.task == "binary"
    assert dataset.examples.targets["target"].tolist() == ["cat"] * 3 + ["dog"] * 3
    assert dataset.examples.keys["file"][0] == "cat/0.png"
    assert dataset.examples.inputs["image"].shape == (6, 8, 8, 3)
    assert dataset.examples.inputs["image"].dtype == np.uint8


def test_folders_named_by_numbers_are_classes(tmp_path: Path) -> None:
    folder = class_folders(tmp_path, per_class=1, classes=tuple(str(3 * step) for step in range(25)))
    assert read(folder).task == "multiclass"


@pytest.mark.parametrize("suffix", ["jpg", "jpeg", "JPG", "png", "bmp", "gif", "pgm", "ppm", "tif", "webp"])
def test_formats(tmp_path: Path, suffix: str) -> None:
    path = picture(tmp_path / f"a.{suffix}", mode="L" if suffix == "pgm" else "RGB")
    pixels = decode([path], Form(height=8, width=8, channels=3), "here").pixels
    assert np.abs(pixels.astype(int) - 100).max() <= 2


@pytest.mark.parametrize(("mode", "channels"), [("L", 1), ("1", 1), ("LA", 1), ("RGB", 3), ("P", 3)])
def test_grey_pictures_make_a_grey_job(tmp_path: Path, mode: str, channels: int) -> None:
    colour = Image.new("RGB", (8, 8), (255, 0, 0) if mode == "P" else (255, 255, 255))
    colour.convert(mode).save(tmp_path / "a.png")
    assert choose_form(read_heads([tmp_path / "a.png"]), None).channels == channels


def test_transparent_parts_become_white(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert decode([tmp_path / "a.png"], Form(height=4, width=4, channels=3), "here").pixels.min() == 255


def deep(path: Path, values: np.ndarray, mode: str | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Image.fromarray(values)
    (made.convert(mode) if mode else made).save(path)
    return path


def deep_folders(root: Path, tops: dict[str, int], dtype: str = "uint16", suffix: str = "png") -> Path:
    for name, top in tops.items():
        for number in range(3):
            values = np.linspace(0, top - number, 64).reshape(8, 8).astype(dtype)
            deep(root / name / f"{number}.{suffix}", values)
    return root


def test_pictures_of_more_than_8_bits_keep_their_values_and_contrast(tmp_path: Path) -> None:
    dataset = read(deep_folders(tmp_path, {"dark": 199, "bright": 51400}))
    highest = dataset.examples.inputs["image"].max(axis=(1, 2, 3))
    assert highest.tolist() == [51400, 51399, 51398, 199, 198, 197]
    assert dataset.schema["scale"] == {"depth": "16-bit", "low": 0.0, "high": 51400.0}
    assert any("16-bit pixels from 0 to 51400" in note for note in dataset.notes)


@pytest.mark.parametrize(
    ("dtype", "suffix", "top"),
    [("<u2", "tif", 4095), (">u2", "tif", 4095), ("int32", "tif", 90000), ("float32", "tiff", 3)],
)
def test_values_are_read_as_they_are_stored(tmp_path: Path, dtype: str, suffix: str, top: int) -> None:
    path = deep(tmp_path / f"a.{suffix}", np.linspace(0, top, 64).reshape(8, 8).astype(dtype))
    pixels = read_picture(path, Form(height=8, width=8, channels=1))
    assert pixels.max() == top


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"])
def test_white_is_white_in_every_mode(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.tif"
    Image.new("RGB", (4, 4), "white").convert(mode).save(path)
    pixels = decode([path], Form(height=4, width=4, channels=3), "here").pixels
    assert (pixels.min(), pixels.dtype) == (255, np.uint8)


def test_8_and_16_bits_in_one_folder_come_to_one_scale(tmp_path: Path) -> None:
    deep_folders(tmp_path, {"a": 65535})
    for number in range(2):
        picture(tmp_path / "b" / f"{number}.png", mode="L", value=255)
    dataset = read(tmp_path)
    assert dataset.examples.inputs["image"].max(axis=(1, 2, 3)).tolist()[-2:] == [65535, 65535]
    told = [note for note in dataset.notes if "2 of 5 images are 8-bit" in note]
    assert warnings_of(tuple(told))


def test_pictures_of_another_depth_are_brought_by_it_or_refused(tmp_path: Path) -> None:
    bright = deep(tmp_path / "new" / "a.png", np.full((8, 8), 65535, np.uint16))
    examples, notes = again(read(class_folders(tmp_path / "bytes")), bright, targets=False)
    assert examples.inputs["image"].max() == 255
    assert any("1 of 1 images are 16-bit" in note for note in warnings_of(notes))

    of_12_bits = read(deep_folders(tmp_path / "words", {"a": 500, "b": 620}))
    with pytest.raises(DataError, match="8-bit pixels, which cannot be converted to 16-bit pixels"):
        again(of_12_bits, picture(tmp_path / "new" / "b.png"), targets=False)


def test_a_float_picture_with_gaps_is_unreadable(tmp_path: Path) -> None:
    path = deep(tmp_path / "a.tif", np.full((4, 4), np.nan, np.float32))
    with pytest.raises(DataError, match="NaN or infinite pixels"):
        decode([path], Form(height=4, width=4, channels=1), "here", scale=WORDS)


def png_of_16_bits(path: Path, samples: list[int], *, colour: int) -> Path:
    """Two equal pixels, RGB (colour 2), RGBA (6) or grey with alpha (4), which Pillow cannot write."""
    row = b"\0" + struct.pack(f">{len(samples)}H", *samples) * 2
    head = struct.pack(">IIBBBBB", 2, 1, 16, colour, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(row)), (b"IEND", b"")]
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
            for kind, content in parts
        )
    )
    return path


@pytest.mark.parametrize(
    ("colour", "samples", "expected"),
    [
        (2, [300, 1000, 60000], [300, 1000, 60000]),
        (6, [300, 1000, 60000, 65535], [300, 1000, 60000]),
        (6, [300, 1000, 60000, 0], [65535] * 3),
        (4, [4095, 65535], [4095]),
    ],
)
def test_colours_of_16_bits_keep_their_values(
    tmp_path: Path, colour: int, samples: list[int], expected: list[int]
) -> None:
    path = png_of_16_bits(tmp_path / "a.png", samples, colour=colour)
    channels = choose_form(read_heads([path]), None).channels
    pixels = decode([path], Form(height=1, width=2, channels=channels), "here", scale=WORDS).pixels
    assert pixels[0, 0].tolist() == [expected] * 2


def test_further_frames_are_told(tmp_path: Path) -> None:
    pages = [Image.new("L", (4, 4)), Image.new("L", (4, 4))]
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])
    (note,) = notes_of_heads(read_heads([tmp_path / "pages.tif"]), BYTES)
    assert "1 of 1 images have several frames" in note


def test_the_camera_orientation_is_honoured(tmp_path: Path) -> None:
    pixels = np.zeros((4, 4), np.uint8)
    pixels[0] = 255
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    decoded = decode([tmp_path / "a.png"], Form(height=4, width=4, channels=1), "here").pixels[0, :, :, 0]
    assert decoded[3].min() == 255
    assert decoded[0].max() == 0


@pytest.mark.parametrize(
    ("sizes", "side", "expected"),
    [
        ([(20, 30)] * 3, None, (20, 30)),
        ([(100, 100)] * 3, None, (64, 64)),
        ([(20, 30), (40, 30), (50, 60)], None, (30, 30)),
        ([(20, 30)] * 3, 16, (16, 16)),
    ],
)
def test_the_size_of_a_job(
    sizes: list[tuple[int, int]], side: int | None, expected: tuple[int, int]
) -> None:
    assert choose_size(sizes, side, 3) == expected


def test_a_size_that_does_not_fit_in_memory_is_refused() -> None:
    with pytest.raises(DataError, match="smaller image size"):
        choose_size([(2000, 2000)] * 100_000, 512, 3)


def test_pictures_of_any_size_come_to_one_size(tmp_path: Path) -> None:
    for number, side in enumerate((5, 17, 90)):
        picture(tmp_path / ("a" if number else "b") / f"{number}.png", size=(side, side + 3))
    dataset = read(tmp_path, image_size=12)
    assert dataset.examples.inputs["image"].shape == (3, 12, 12, 3)
    assert any("12 x 12" in note for note in dataset.notes)


def test_a_corrupted_picture_among_good_ones_is_skipped_and_counted(tmp_path: Path) -> None:
    class_folders(tmp_path, per_class=15)
    (tmp_path / "cat" / "5.png").write_bytes(b"\x89PNG broken")
    dataset = read(tmp_path)
    assert len(dataset.examples) == len(dataset.examples.targets["target"]) == 29
    assert "cat/5.png" not in dataset.examples.keys["file"]
    assert any("1 of 30 images" in note and "5.png" in note for note in dataset.notes)


def test_a_picture_cut_off_in_the_middle_counts_as_corrupted(tmp_path: Path) -> None:
    class_folders(tmp_path, per_class=15)
    noise = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "dog" / "3.png")
    content = (tmp_path / "dog" / "3.png").read_bytes()
    (tmp_path / "dog" / "3.png").write_bytes(content[: len(content) // 2])
    assert len(read(tmp_path).examples) == 29


def test_many_corrupted_pictures_are_refused(tmp_path: Path) -> None:
    class_folders(tmp_path, per_class=5)
    (tmp_path / "cat" / "1.png").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"1 of 10 images .* 5 %"):
        read(tmp_path)


def test_what_lies_beside_the_classes_is_told(tmp_path: Path) -> None:
    class_folders(tmp_path)
    (tmp_path / "empty").mkdir()
    picture(tmp_path / "dog" / ".hidden.png")
    picture(tmp_path / "loose.PNG")
    (tmp_path / "cat" / "notes.txt").write_text("none")
    dataset = read(tmp_path)
    assert dataset.examples.keys["file"].tolist()[::3] == ["cat/0.png", "dog/0.png"]
    for said in ("1 hidden", "1 files that are not images", "1 images outside", "'empty'"):
        assert any(said in note for note in dataset.notes)


def test_folders_called_none_and_na_are_classes(tmp_path: Path) -> None:
    dataset = read(class_folders(tmp_path, classes=("NA", "none")))
    assert dataset.examples.targets["target"].tolist() == ["NA"] * 3 + ["none"] * 3


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("none here")
    with pytest.raises(DataError, match=r"holds no images \(1 other files\)"):
        read(tmp_path)


def test_a_folder_with_one_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="only the class 'cat'"):
        read(class_folders(tmp_path, classes=("cat",)))


def test_pictures_without_class_folders_are_refused_for_training(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    with pytest.raises(DataError, match="one folder of images per class"):
        read(tmp_path)


def test_parts_of_a_data_set_are_no_classes(tmp_path: Path) -> None:
    class_folders(tmp_path / "train")
    class_folders(tmp_path / "test")
    with pytest.raises(DataError, match=r"parts of a data set .*train|test"):
        read(tmp_path)


def table(folder: Path, rows: list[str], header: str = "file,label") -> Path:
    for row in rows:
        picture(folder / row.split(",")[0])
    (folder / "labels.csv").write_text("\n".join([header, *rows]) + "\n")
    return folder / "labels.csv"


def test_a_table_of_paths_and_labels(tmp_path: Path) -> None:
    path = table(tmp_path, ["p/a.png,red", "p/b.png,blue", "p/c.png,", "p/d.png,red"])
    dataset = read(path, target=("label",))
    assert dataset.examples.targets["target"].tolist() == ["red", "blue", "red"]
    assert dataset.examples.keys["file"].tolist() == ["p/a.png", "p/b.png", "p/d.png"]
    assert any("1 of 4 rows have no value" in note for note in dataset.notes)


def test_a_numeric_target_is_regression(tmp_path: Path) -> None:
    dataset = read(table(tmp_path, ["a.png,1.5", "b.png,2.25", "c.png,-3"]), target=("label",))
    assert dataset.task == "regression"
    assert dataset.examples.targets["target"].tolist() == [[1.5], [2.25], [-3.0]]
    assert dataset.target_names == ("label",)


def test_several_binary_targets_are_multilabel(tmp_path: Path) -> None:
    path = table(tmp_path, ["a.png,1,0", "b.png,0,1"], header="file,x,y")
    dataset = read(path, target=("x", "y"))
    assert dataset.task == "multilabel"
    assert dataset.examples.targets["target"].tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize("yes_no", [("1.0", "0.0"), ("True", "False"), ("yes", "no"), ("t", "f")])
def test_yes_and_no_in_any_spelling_are_multilabel(tmp_path: Path, yes_no: tuple[str, str]) -> None:
    yes, no = yes_no
    path = table(tmp_path, [f"a.png,{yes},{no}", f"b.png,{no},{yes}", f"c.png,{yes},"], "file,x,y")
    dataset = read(path, target=("x", "y"))
    assert dataset.task == "multilabel"
    assert dataset.examples.targets["target"].tolist() == [[1, 0], [0, 1]]


def test_labels_follow_the_rules_of_tables(tmp_path: Path) -> None:
    path = table(tmp_path, ["a.png,none", "b.png,1.0", "c.png,x", "d.png,NA"])
    assert read(path, target=("label",)).examples.targets["target"].tolist() == ["none", "1", "x"]


def test_yes_and_no_of_another_file_are_spelled_as_in_training(tmp_path: Path) -> None:
    dataset = read(table(tmp_path, ["a.png,True", "b.png,False"]), target=("label",))
    examples, _ = again(dataset, table(tmp_path / "new", ["a.png,no", "b.png,1"]), targets=True)
    assert examples.targets["target"].tolist() == ["False", "True"]


def test_integer_arrays_that_number_classes_are_classes(tmp_path: Path) -> None:
    pixels = np.zeros((150, 4, 4), np.uint8)
    assert read((pixels, np.arange(150) % 30)).task == "multiclass"
    assert read((pixels, np.arange(150) % 30 * 2.5)).task == "regression"


def test_paths_of_windows_and_urls_are_read(tmp_path: Path) -> None:
    path = table(tmp_path, ["p/a.png,x", "p/b c.png,y", "p/d.png,x"])
    cells = ["p\\a.png,x", f"{(tmp_path / 'p' / 'b c.png').as_uri()},y", f"{tmp_path / 'p' / 'd.png'},x"]
    path.write_text("\n".join(["file,label", *cells]))
    assert len(read(path, target=("label",)).examples) == 3


def test_columns_beside_the_paths_are_told_and_may_be_dropped(tmp_path: Path) -> None:
    for name, level in (("a.png", 0), ("b.png", 250)):
        Image.fromarray(np.full((4, 4), level, np.uint8)).save(tmp_path / name)
    path = tmp_path / "labels.csv"
    path.write_text("shop,file,label\n1,a.png,x\n2,b.png,y\n")

    assert "Images alone are read, and not the columns 'shop'." in read(path, target=("label",)).notes
    assert not any("alone" in note for note in read(path, target=("label",), drop=("shop",)).notes)
    with pytest.raises(ConfigError, match="--modality mixed"):
        read(path, target=("label",), keep=("shop",))


def test_groups_come_from_their_column(tmp_path: Path) -> None:
    path = table(tmp_path, ["a.png,x,p1", "b.png,y,p2"], header="file,label,patient")
    assert read(path, target=("label",), group_column="patient").examples.groups.tolist() == ["p1", "p2"]


def test_an_unknown_target_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Did you mean 'label'"):
        read(table(tmp_path, ["a.png,x", "b.png,y"]), target=("lable",))


def test_a_table_without_paths_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,label\n1,x\n2,y\n")
    with pytest.raises(DataError, match="column with paths of images"):
        read(tmp_path / "t.csv", target=("label",))


def test_files_that_a_table_names_and_that_are_not_there_count_as_corrupted(tmp_path: Path) -> None:
    path = table(tmp_path, ["a.png,x", "b.png,y"])
    (tmp_path / "b.png").unlink()
    with pytest.raises(DataError, match=r"1 of 2 images .*b\.png"):
        read(path, target=("label",))


@pytest.mark.parametrize(
    "keys", [("x_train", "y_train"), ("images", "labels"), ("x", "y"), ("train_images", "train_labels")]
)
def test_npz_files_with_the_usual_keys(tmp_path: Path, keys: tuple[str, str]) -> None:
    pixels = np.arange(4 * 6 * 5, dtype=np.uint8).reshape(4, 6, 5)
    np.savez(tmp_path / "d.npz", test_images=pixels, **{keys[0]: pixels, keys[1]: [[0], [1], [1], [0]]})
    dataset = read(tmp_path / "d.npz")
    assert dataset.examples.inputs["image"].shape == (4, 6, 5, 1)
    assert dataset.examples.targets["target"].tolist() == ["0", "1", "1", "0"]
    assert any("not test_images" in note for note in dataset.notes)


def test_npz_files_with_other_keys_are_refused_with_their_keys(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", foo=np.zeros((2, 3, 3)), bar=np.zeros(2))
    with pytest.raises(DataError, match="foo, bar"):
        read(tmp_path / "d.npz")


@pytest.mark.parametrize("shape", [(4, 6, 5), (4, 6, 5, 1), (4, 6, 5, 3)])
def test_arrays(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(0).random(shape)
    dataset = read((pixels, np.array(["a", "b", "a", "b"])))
    assert dataset.examples.inputs["image"].dtype == np.float32
    assert dataset.examples.inputs["image"].shape == (4, 6, 5, shape[3] if len(shape) == 4 else 1)


@pytest.mark.parametrize(
    ("pixels", "labels", "message"),
    [
        (np.zeros((4, 6)), [0, 1, 0, 1], "shape"),
        (np.zeros((4, 6, 5, 4)), [0, 1, 0, 1], "shape"),
        (np.zeros((4, 6, 5)), [0, 1, 0], "labels of shape"),
        (np.full((4, 6, 5), np.nan), [0, 1, 0, 1], "NaN or infinite"),
        (np.zeros((4, 6, 5)), [7, 7, 7, 7], "one class"),
        (np.zeros((4, 6, 5)), None, r"Pass \(X, y\)"),
    ],
)
def test_arrays_that_are_refused(pixels: np.ndarray, labels: list[int] | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read((pixels, None if labels is None else np.array(labels)))


def test_the_digits_of_scikit_learn() -> None:
    dataset = read("sklearn:digits")
    assert dataset.examples.inputs["image"].shape == (1797, 8, 8, 1)
    assert dataset.task == "multiclass"
    assert sorted(set(dataset.examples.targets["target"])) == [str(digit) for digit in range(10)]


def again(dataset: Dataset, data: object, *, targets: bool) -> tuple[object, tuple[str, ...]]:
    schema = json.loads(json.dumps(dataset.schema))
    return IMAGE.read_again(open_source(data), schema, targets=targets)


def test_a_test_folder_is_read_as_the_training_folder_was(tmp_path: Path) -> None:
    dataset = read(class_folders(tmp_path / "train"))
    picture(tmp_path / "test" / "dog" / "x.png", size=(30, 20))
    examples, _ = again(dataset, tmp_path / "test", targets=True)
    assert examples.inputs["image"].shape == (1, 8, 8, 3)
    assert examples.targets["target"].tolist() == ["dog"]


def test_prediction_takes_a_flat_folder_a_single_picture_or_arrays(tmp_path: Path) -> None:
    dataset = read(class_folders(tmp_path / "train"))
    one = picture(tmp_path / "flat" / "x.png", mode="L")
    for data in (tmp_path / "flat", one, np.zeros((1, 20, 20), np.uint8)):
        examples, _ = again(dataset, data, targets=False)
        assert examples.inputs["image"].shape == (1, 8, 8, 3)
        assert examples.targets is None


def test_prediction_takes_a_table_without_labels(tmp_path: Path) -> None:
    dataset = read(table(tmp_path, ["a.png,x", "b.png,y"]), target=("label",))
    (tmp_path / "new.csv").write_text("extra,file\n1,b.png\n2,a.png\n")
    examples, _ = again(dataset, tmp_path / "new.csv", targets=False)
    assert examples.keys["file"].tolist() == ["b.png", "a.png"]


def test_evaluation_without_the_target_column_is_refused(tmp_path: Path) -> None:
    dataset = read(table(tmp_path, ["a.png,x", "b.png,y"]), target=("label",))
    (tmp_path / "new.csv").write_text("file\na.png\n")
    with pytest.raises(DataError, match="no column 'label'"):
        again(dataset, tmp_path / "new.csv", targets=True)


def test_preprocessing_is_fitted_on_the_training_part_only() -> None:
    pixels = np.concatenate(
        [np.random.default_rng(0).integers(0, 9, (6, 8, 8, 3)), np.full((2, 8, 8, 3), 255)]
    )
    dataset = read((pixels.astype(np.uint8), np.arange(8) % 2))
    preprocessing = IMAGE.fit(dataset, np.arange(6), seed=0)
    tensor = preprocessing.transform(dataset.examples.take(np.arange(6)))["image"]
    assert tensor.dtype == np.float32
    np.testing.assert_allclose(tensor.mean(axis=(0, 1, 2)), 0, atol=1e-4)
    np.testing.assert_allclose(tensor.std(axis=(0, 1, 2)), 1, atol=1e-3)
    spec = preprocessing.inputs[0]
    assert (spec.name, spec.shape) == ("image", (8, 8, 3))
    np.testing.assert_allclose(spec.facts.mean, pixels[:6].mean(axis=(0, 1, 2)), atol=1e-6)


def test_the_exported_resizing_does_what_the_reader_of_files_does(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (2, 50, 37, 3), dtype=np.uint8)
    for number, name in enumerate(("a", "b")):
        (tmp_path / name).mkdir()
        Image.fromarray(noise[number]).save(tmp_path / name / "x.png")
    dataset = read(tmp_path, image_size=16)
    preprocessing = IMAGE.fit(dataset, np.arange(2), seed=0)
    trained_on = preprocessing.transform(dataset.examples)["image"]
    exported = preprocessing.model.predict({"image": noise}, verbose=0)["image"]
    step = 1 / min(preprocessing.inputs[0].facts.deviation)
    assert np.abs(trained_on - exported).max() <= 1.5 * step


def test_the_exported_model_takes_values_as_they_are_stored(tmp_path: Path) -> None:
    dataset = read(deep_folders(tmp_path, {"a": 500, "b": 620}))
    preprocessing = IMAGE.fit(dataset, np.arange(6), seed=0)
    trained_on = preprocessing.transform(dataset.examples)["image"]
    stored = np.asarray(Image.open(tmp_path / "a" / "0.png")).reshape(1, 8, 8, 1)
    exported = preprocessing.model.predict({"image": stored.astype(np.float32)}, verbose=0)["image"]
    np.testing.assert_allclose(exported[0], trained_on[0], atol=1e-5)
    assert 0.9 < trained_on.std() < 1.1


def test_pixels_that_always_shine_take_no_contrast_from_the_others() -> None:
    pixels = np.random.default_rng(0).integers(300, 620, (40, 8, 8, 1)).astype("uint16")
    pixels[:3, 0, 0, 0] = (30000, 50000, 65535)
    dataset = read((pixels, np.arange(40) % 2))
    tensor = IMAGE.fit(dataset, np.arange(40), seed=0).transform(dataset.examples)["image"]
    assert tensor[3:].std() > 0.5
    assert np.all(np.diff([tensor[:, 1:].max(), *tensor[:3, 0, 0, 0]]) > 0)


def test_a_constant_channel_does_not_divide_by_zero() -> None:
    dataset = read((np.zeros((4, 6, 5), np.uint8), np.array([0, 1, 0, 1])))
    tensor = IMAGE.fit(dataset, np.arange(4), seed=0).transform(dataset.examples)["image"]
    assert np.isfinite(tensor).all()


def test_codes_of_classes_are_told() -> None:
    dataset = read((np.zeros((30, 6, 5), np.uint8), np.eye(3)[np.arange(30) % 3]))
    assert dataset.task == "multilabel"
    assert any("one-hot" in note for note in dataset.notes)


def test_decoding_in_threads_leaves_the_filters_of_warnings_as_they_were(tmp_path: Path) -> None:
    for place in range(60):
        folder = tmp_path / "ab"[place % 2]
        folder.mkdir(exist_ok=True)
        Image.new("RGB", (40, 40), (place, 0, 0)).save(folder / f"{place}.png")
    before = list(warnings.filters)

    for _ in range(10):
        read(tmp_path)

    assert warnings.filters == before

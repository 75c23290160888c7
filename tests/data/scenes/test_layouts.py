"""Boxes are read from every layout to the same arrays, with what is wrong with them told."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest

from automl.core.errors import DataError
from automl.core.targets import TARGET
from automl.data.inference import infer_modality
from automl.data.modalities.scene import SCENE
from automl.data.modality import ReadOptions
from automl.data.scenes.xml_tree import BadXmlError, read_tree
from automl.data.source import open_source
from tests.data.scenes.drawings import LABELS, coco, scattered, table, voc, xml_of, yolo

MAKERS = {"voc": voc, "coco": coco, "yolo": yolo, "table": table}
BOXES = [*scattered(8), []]


def read(path, **options):
    return SCENE.read(open_source(path), ReadOptions(**options))


def plain(boxes):
    """Label and corners of each box, in an order of their own."""
    return sorted((LABELS[int(box[4])], *np.rint(box[:4]).astype(int).tolist()) for box in boxes)


@pytest.mark.parametrize("layout", MAKERS)
def test_every_layout_is_recognised_and_read_alike(layout, tmp_path):
    path = MAKERS[layout](tmp_path / "data", BOXES)

    assert infer_modality(open_source(path), ReadOptions()).name == "scene"
    dataset = read(path)

    by_name = dict(zip(dataset.examples.keys["file"], dataset.examples.targets[TARGET], strict=True))
    found = [plain(by_name[name]) for name in sorted(by_name)]
    assert found == [sorted(own) for own in BOXES]
    assert dataset.schema["labels"] == list(LABELS)
    assert dataset.examples.inputs["image"].shape == (9, 48, 64, 3)
    assert any("1 of 9 images have no boxes" in note for note in dataset.notes)


@pytest.mark.parametrize("layout", ["coco", "yolo"])
def test_parts_of_a_folder_are_kept(layout, tmp_path):
    for part, count in (("train", 12), ("val", 4), ("test", 3)):
        MAKERS[layout](tmp_path, scattered(count), part)

    dataset = read(tmp_path)
    test, notes = SCENE.read_again(open_source(tmp_path), dataset.schema, targets=True)

    assert len(dataset.examples) == 16
    names = dataset.examples.keys["file"][dataset.validates]
    assert len(names) == 4
    assert all("val" in name for name in names)
    assert len(test) == 3
    assert any("test part alone" in note for note in notes)


def test_parts_of_voc_are_lists_of_names(tmp_path):
    parts = {"train": slice(0, 10), "val": slice(10, 14), "test": slice(14, 19), "trainval": slice(0, 14)}
    dataset = read(voc(tmp_path / "data", scattered(20), parts))

    assert len(dataset.examples) == 14
    assert len(dataset.validates) == 4
    assert any("5 images of the test part" in note for note in dataset.notes)
    assert any("1 annotated images are in no list" in note for note in dataset.notes)


def test_faulty_boxes_are_told_and_mended_or_left_out(tmp_path):
    path = table(tmp_path / "data", scattered(10))
    lines = path.read_text().splitlines()
    lines += ["p000.png,red,5,5,0,4", "p001.png,red,-3,4,10,6"]
    lines += ["p002.png,red,70,2,9,9", "p003.png,red,1,a,4,4"]
    path.write_text("\n".join([*lines, "gone.png,red,1,1,5,5"]))

    dataset = read(path)

    told = " ".join(dataset.notes)
    assert "have no area and were left out" in told
    assert "reach over the edge of their image and were cut there" in told
    assert "lie outside of their image" in told
    assert "a corner that is no number" in told
    assert "1 of 11 annotated images are not there" in told
    cut = next(box for box in dataset.examples.targets[TARGET][1] if box[0] == 0 and box[2] == 7)
    assert cut[:4].tolist() == [0, 4, 7, 10]


def test_labels_that_training_had_not_are_left_out(tmp_path):
    dataset = read(table(tmp_path / "one", BOXES))
    other = table(tmp_path / "other", BOXES)
    other.write_text(other.read_text().replace("red", "blue"))

    examples, notes = SCENE.read_again(open_source(other), dataset.schema, targets=True)

    every = np.concatenate(list(examples.targets[TARGET]))
    assert set(every[:, 4]) == {0.0}
    assert any("a label that is not known" in note for note in notes)


def test_corners_of_a_table_may_be_shares(tmp_path):
    path = table(tmp_path / "data", scattered(10))
    rows = path.read_text().splitlines()[1:]
    made = ["path,label,x1,y1,x2,y2"]
    for row in rows:
        name, label, *numbers = row.split(",")
        x, y, wide, high = map(int, numbers)
        made.append(f"{name},{label},{x / 64},{y / 48},{(x + wide) / 64},{(y + high) / 48}")
    expected = read(path).examples.targets[TARGET]
    path.write_text("\n".join(made))

    dataset = read(path)

    assert any("shares" in note for note in dataset.notes)
    for one, other in zip(expected, dataset.examples.targets[TARGET], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)


def test_pictures_of_any_size_keep_their_proportions(tmp_path):
    from PIL import Image

    path = table(tmp_path / "data", scattered(10))
    tall = np.full((200, 50, 3), 20, np.uint8)
    tall[100:150, 10:40] = 220
    Image.fromarray(tall).save(path.parent / "p000.png")
    rest = [line for line in path.read_text().splitlines()[1:] if not line.startswith("p000")]
    path.write_text("\n".join(["path,label,x,y,w,h", "p000.png,red,10,100,30,50", *rest]))

    dataset = read(path)

    row = list(dataset.examples.keys["file"]).index("p000.png")
    box, picture = dataset.examples.targets[TARGET][row][0], dataset.examples.inputs["image"][row]
    rows, columns = np.nonzero(picture[..., 0] > 120)
    drawn = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    np.testing.assert_allclose(box[:4], drawn, atol=1.0)


@pytest.mark.parametrize("layout", ["voc", "coco", "yolo"])
def test_a_folder_whose_pictures_are_gone_is_refused(layout, tmp_path):
    path = MAKERS[layout](tmp_path / "data", scattered(3))
    for picture in path.rglob("*.png"):
        picture.unlink()

    with pytest.raises(DataError):
        read(path)


def test_broken_annotations_are_told_and_entities_are_never_expanded(tmp_path):
    path = voc(tmp_path / "data", scattered(12))
    bomb = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><annotation>&c;</annotation>'
    (path / "Annotations" / "p000.xml").write_text(bomb)
    (path / "Annotations" / "p001.xml").write_text("<annotation><object>")

    told = " ".join(read(path).notes)

    assert "document type" in told
    assert "no XML" in told
    with pytest.raises(BadXmlError, match="DOCTYPE"):
        read_tree(path / "Annotations" / "p000.xml")


def test_corners_of_voc_that_begin_at_0_are_taken_so(tmp_path):
    path = voc(tmp_path / "data", scattered(12))
    text = xml_of("p000.png", [("red", 4, 4, 20, 20)]).replace("<xmin>5<", "<xmin>0<")
    (path / "Annotations" / "p000.xml").write_text(text)

    dataset = read(path)

    assert any("counted from 0" in note for note in dataset.notes)
    assert dataset.examples.targets[TARGET][0][0, :4].tolist() == [0, 5, 20, 20]


def test_a_crowd_of_coco_is_marked(tmp_path):
    path = coco(tmp_path, scattered(10))
    file = path / "annotations" / "instances_train.json"
    content = json.loads(file.read_text())
    content["annotations"][0]["iscrowd"] = 1
    file.write_text(json.dumps(content))

    boxes = np.concatenate(list(read(path).examples.targets[TARGET]))

    assert Counter(boxes[:, 5].tolist())[1.0] == 1


def test_options_of_rows_are_refused(tmp_path):
    path = table(tmp_path / "data", BOXES)

    with pytest.raises(Exception, match="boxes in images"):
        read(path, group_column="label")


def test_a_plain_table_of_numbers_is_none_of_boxes(tmp_path):
    path = tmp_path / "plain.csv"
    path.write_text("x,y,w,h,price\n" + "\n".join(f"{row},2,3,4,{row * 2}" for row in range(30)))

    assert infer_modality(open_source(path), ReadOptions(target=("price",))).name == "tabular"

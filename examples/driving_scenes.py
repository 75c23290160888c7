"""Boxes and masks of the same pictures by one network: red and green blocks on grey ground.

python examples/driving_scenes.py --trials 2
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import automl

LABELS = ("red", "green")
COLOURS = np.array([[90, 90, 90], [210, 40, 30], [40, 190, 60]], np.uint8)
HEIGHT, WIDTH = 48, 64


def write(folder: Path, count: int, random: np.random.Generator) -> None:
    """Write pictures, masks and a COCO file."""
    images, annotations = [], []
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    for place in range(count):
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        for left in (0, WIDTH // 2):
            x, y = left + int(random.integers(0, 8)), int(random.integers(0, 16))
            wide, high = (int(side) for side in random.integers(10, 22, 2))
            label = int(random.integers(1, 3))
            mask[y : y + high, x : x + wide] = label
            box = {"bbox": [x, y, wide, high], "category_id": label}
            annotations.append({"id": len(annotations), "image_id": place, **box})
        Image.fromarray(COLOURS[mask]).save(folder / "images" / f"{place}.png")
        Image.fromarray(mask).save(folder / "masks" / f"{place}.png")
        images.append({"id": place, "file_name": f"{place}.png", "width": WIDTH, "height": HEIGHT})
    categories = [{"id": number, "name": name} for number, name in enumerate(LABELS, start=1)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "boxes.json").write_text(json.dumps(content))


def main() -> None:
    """Search on made-up scenes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=2)
    parser.add_argument("--epochs", type=int)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "train", 40, np.random.default_rng(0))
        write(Path(folder) / "test", 8, np.random.default_rng(1))
        result = automl.search(Path(folder) / "train", trials=options.trials, epochs=options.epochs)
        print(result.evaluate(Path(folder) / "test")["metrics"])
        print(result.predict(Path(folder) / "test")[["file", "boxes"]])


if __name__ == "__main__":
    main()

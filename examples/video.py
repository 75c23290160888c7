"""Videos in folders: tell squares that stand still from squares that move.

python examples/video.py --trials 2
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import av
import numpy as np

import automl

SIDE, FRAMES = 24, 8


def write(path: Path, speed: int, random: np.random.Generator) -> None:
    """Write a video of a square that moves so many pixels per frame."""
    path.parent.mkdir(parents=True, exist_ok=True)
    first = int(random.integers(0, SIDE))
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.height = stream.width = SIDE
        for place in range(FRAMES):
            picture = random.integers(20, 60, (SIDE, SIDE, 3)).astype(np.uint8)
            picture[8:16, [(first + place * speed + at) % SIDE for at in range(8)]] = 220
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))


def main() -> None:
    """Search on made-up videos."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=2)
    parser.add_argument("--epochs", type=int)
    options = parser.parse_args()

    random = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        for name, speed in (("still", 0), ("moving", 3)):
            for place in range(10):
                write(Path(folder) / name / f"{place}.mp4", speed, random)
        result = automl.search(folder, family="motion", trials=options.trials, epochs=options.epochs)
        print(result.predict(Path(folder) / "moving"))


if __name__ == "__main__":
    main()

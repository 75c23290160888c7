from __future__ import annotations

import gzip

import numpy as np
import pytest

from benchmarks import getting_started
from benchmarks.getting_started import digits, main, mnist, row


def test_a_line_shows_both_sides_and_how_many_times_quicker_ours_is():
    ours, theirs = ({"seconds": s, "cpu": c, "best": b} for s, c, b in [(10, 12, 0.9), (40, 30, 0.8)])

    assert row("1", ours, theirs, 20) == (
        "| 1 | 0.500 / 2.000 | 4.00 | 0.600 / 1.500 | 2.50 | 0.9000 / 0.8000 |"
    )


def test_rounds_take_turns_and_end_in_medians(monkeypatch, capsys):
    asked = []

    def apart(side, seed, options):
        asked.append((side, seed))
        return {"seconds": 20.0 * (seed + len(side)), "cpu": 1.0, "best": 0.5}

    monkeypatch.setattr(getting_started, "_apart", apart)
    monkeypatch.setattr(getting_started, "find_spec", lambda name: name)

    assert main(["--rounds", "2"]) == 0
    assert [side for side, _ in asked] == [
        "automl.kerastuner",
        "keras_tuner",
        "keras_tuner",
        "automl.kerastuner",
    ]
    assert capsys.readouterr().out.splitlines()[-1].startswith("| median | 17.500 / 11.500 |")


def test_without_kerastuner_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(getting_started, "find_spec", lambda name: None)

    assert main([]) != 0
    assert "automl-keras[bench]" in capsys.readouterr().err


def test_images_are_small_floats(tmp_path):
    pixels = np.arange(2 * 784, dtype=np.int64).astype(np.uint8)
    for name, content in (
        ("images-idx3", bytes(16) + pixels.tobytes()),
        ("labels-idx1", bytes(8) + b"\x03\x07"),
    ):
        (tmp_path / f"t10k-{name}-ubyte.gz").write_bytes(gzip.compress(content))
    images, labels = mnist(tmp_path)

    assert (images.shape, images.dtype, images.max(), labels.tolist()) == (
        (2, 28, 28, 1),
        "float32",
        1,
        [3, 7],
    )
    assert digits()[0].shape == (1797, 8, 8, 1)


@pytest.mark.parametrize("side", ["automl.kerastuner"])
def test_a_side_runs_the_program(side, capsys):
    assert main(["--side", side, "--trials", "1", "--epochs", "1"]) == 0
    assert '"best": 0.' in capsys.readouterr().out

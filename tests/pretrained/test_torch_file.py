"""Tensors are read from a file of PyTorch; whatever else it asks for is refused, and not done."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from automl.core.errors import DataError
from automl.pretrained.torch_file import read_tensors
from tests.pretrained.files import header, torch_file

ROWS = np.arange(6, dtype="float32").reshape(2, 3)


def test_tensors_are_read_in_whatever_order_their_values_lie(tmp_path: Path) -> None:
    arrays = {"a.weight": ROWS, "b.weight": np.asfortranarray(ROWS), "c.bias": ROWS[0]}

    read = read_tensors(torch_file(tmp_path / "net.pth", arrays))

    assert list(read) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array)
        assert read[name].flags.owndata


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (b"\x80\x02cos\nsystem\n(X\x04\x00\x00\x00exittR.", "it asks for os.system"),
        (b"\x80\x02cbuiltins\neval\n.", "it asks for builtins.eval"),
        (b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}X\x01\x00\x00\x00aK\x01sb.", "no file of PyTorch"),
        (b"\x80\x02]q\x00.", "no file of PyTorch"),
    ],
)
def test_a_file_that_asks_for_more_is_refused(tmp_path: Path, state: bytes, reason: str) -> None:
    (tmp_path / "net.pth").write_bytes(header() + state)

    with pytest.raises(DataError, match=reason):
        read_tensors(tmp_path / "net.pth")


@pytest.mark.parametrize("kept", [0, 10, 60, 200, -4])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, kept: int) -> None:
    path = torch_file(tmp_path / "net.pth", {"a.weight": ROWS})
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(DataError, match=r"net\.pth is no file of PyTorch with tensors alone"):
        read_tensors(path)


def test_a_tensor_that_reaches_beyond_its_values_is_refused(tmp_path: Path) -> None:
    path = torch_file(tmp_path / "net.pth", {"a.weight": np.broadcast_to(ROWS[0], (2, 3))})
    content = path.read_bytes()
    path.write_bytes(content.replace(b"(J\x00\x00\x00\x00J\x01", b"(J\x05\x00\x00\x00J\x01"))

    assert path.read_bytes() != content
    with pytest.raises(DataError, match="reaches beyond its storage"):
        read_tensors(path)

"""What cannot be read of a file of arrays is called damaged, and nobody is told to allow pickles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from automl.core.archives import arrays_in
from automl.core.errors import ConfigError


def read(path: Path, name: str = "a") -> np.ndarray:
    with arrays_in(path, called="a list", advice="Write it again.") as file:
        return file[name]


def test_arrays_come_back(tmp_path: Path) -> None:
    np.savez(tmp_path / "f.npz", a=np.arange(3))

    np.testing.assert_array_equal(read(tmp_path / "f.npz"), [0, 1, 2])


def spoil(path: Path, how: str) -> None:
    np.savez(path, a=np.array([{}], object) if how == "objects" else np.arange(3))
    whole = path.read_bytes()
    content = {"cut": whole[:-40], "text": b"garbage", "empty": b"", "objects": whole}[how]
    path.write_bytes(content)


@pytest.mark.parametrize("how", ["cut", "text", "empty", "objects"])
def test_a_damaged_file_is_called_so(tmp_path: Path, how: str) -> None:
    path = tmp_path / "f.npz"
    spoil(path, how)

    with pytest.raises(ConfigError) as caught:
        read(path)

    assert str(caught.value) == f"{path} cannot be read as a list: it is damaged. Write it again."


def test_a_file_that_lacks_an_array_or_is_absent_says_which(tmp_path: Path) -> None:
    np.savez(tmp_path / "f.npz", a=np.arange(3))

    with pytest.raises(ConfigError, match=r"as a list: .*b is not a file in the archive"):
        read(tmp_path / "f.npz", "b")
    with pytest.raises(ConfigError, match="as a list: it is not there"):
        read(tmp_path / "absent.npz")

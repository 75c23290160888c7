import numpy as np
import pytest

from automl.core.errors import DataError
from automl.data.npz import read_npz
from automl.data.source import open_source


def test_arrays_by_name(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.arange(4), y=np.array(["p", "q"]))

    assert set(read_npz(open_source(tmp_path / "a.npz"))) == {"x", "y"}


def test_one_array_under_the_wrong_suffix_is_the_inputs(tmp_path):
    with (tmp_path / "a.npz").open("wb") as stream:
        np.save(stream, np.arange(4))

    assert read_npz(open_source(tmp_path / "a.npz"))["x"].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + b"\x00" * 18, b"no npz", "cut"])
def test_what_is_no_npz_file_is_refused_in_words(tmp_path, content):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(1000))
    path.write_bytes(path.read_bytes()[:-300] if content == "cut" else content)

    with pytest.raises(DataError, match=r"a\.npz (cannot be read|holds no arrays)"):
        read_npz(open_source(path))


def test_objects_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.array([{}, []], object))

    with pytest.raises(DataError, match="cannot be read as an npz file"):
        read_npz(open_source(tmp_path / "a.npz"))

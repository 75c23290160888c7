"""The notebook tour runs as a user runs it: pictures come, warnings do not."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

import pytest

TOUR = Path(__file__).parents[1] / "examples" / "tour.ipynb"
PICTURES = ("search", "confusion", "parallel", "scatter", "fan")


def cells(notebook):
    return {cell["id"]: cell for cell in notebook["cells"] if cell["cell_type"] == "code"}


def test_the_tour_is_kept_without_outputs_and_uses_what_there_is():
    notebook = json.loads(TOUR.read_text(encoding="utf-8"))
    every = cells(notebook)

    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in every.values())
    assert set(PICTURES) <= set(every)
    code = "\n".join("".join(cell["source"]) for cell in every.values())
    ast.parse(code)
    from automl import Result

    called = set(re.findall(r"\b(?:result|again|regressor\.result_|forecaster\.result_)\.(\w+)", code))
    assert called <= {*dir(Result), "folder"}


@pytest.mark.slow
def test_the_tour_shows_pictures_and_no_warnings(tmp_path):
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    notebook = nbformat.read(TOUR, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.km = client.create_kernel_manager()
    # the interpreter of the tests, whatever kernels are registered on this machine
    client.km.kernel_spec.argv[0] = sys.executable

    client.execute()

    for name, cell in cells(notebook).items():
        told = [output for output in cell["outputs"] if output["output_type"] == "stream"]
        assert told == [], name
        pages = [output["data"].get("text/html", "") for output in cell["outputs"] if "data" in output]
        assert ("<svg" in "".join(pages)) == (name in PICTURES), name
        assert "Warning" not in "".join(pages), name

"""Import contracts hold, and each framework is imported in its own places only."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

import pytest

from tests.asked_names import asked_names, places

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "automl").rglob("*.py"))
PRIVATE = "private_keras.py"


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in SOURCES}


def imported_by(module: str) -> set[str]:
    """Modules of the package that one imports anywhere: in functions and for type checking as well."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}: imports are absolute"
            inner = {f"{node.module}.{name.name}" for name in node.names}
            found |= inner if inner <= MODULES.keys() else {*inner, str(node.module)}
    return (found & MODULES.keys()) - {module}


def test_import_contracts_hold():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]

    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert outcome.returncode == 0, outcome.stdout


def test_no_imports_run_in_a_circle():
    imports = {module: imported_by(module) for module in MODULES}

    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        pytest.fail(f"{circle}: move what both need to a third module")


@pytest.mark.parametrize(
    ("framework", "places"),
    [
        ("optuna", ("study/", "tuning.py")),
        ("mlflow", ("tracking/",)),
        (
            "tensorflow",
            (
                "training/strategies/tf_distribute.py",
                "training/programs/on_tensorflow",
                "formats/",
                PRIVATE,
            ),
        ),
        (
            "jax",
            (
                "training/programs/on_jax",
                "training/devices.py",
                "training/accelerator.py",
                "training/compile_cache.py",
            ),
        ),
        ("click", ("cli/",)),
        ("rich", ("views/",)),
        ("starlette", ("serving/",)),
        ("uvicorn", ("serving/",)),
    ],
)
def test_a_framework_is_imported_in_its_places_only(framework, places):
    speakers = {
        str(path.relative_to(ROOT / "automl"))
        for path in SOURCES
        if f"import {framework}" in path.read_text() or f"from {framework}" in path.read_text()
    }

    assert speakers
    assert all(speaker.startswith(places) for speaker in speakers), speakers


def private_touches(path: Path) -> Iterator[str]:
    """Private attributes of objects of others, and imports of private modules of Keras and TensorFlow."""
    hidden = re.compile(r"(keras\.src|tensorflow\.python)\b")
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and hidden.match(node.module or ""):
            yield f"{node.lineno}: {node.module}"
        if isinstance(node, ast.Attribute) and re.match("_[a-z]", node.attr):
            owner = ast.unparse(node.value)
            of_tuples = node.attr in ("_replace", "_fields")
            if owner not in ("self", "cls", "super()") and not of_tuples:
                yield f"{node.lineno}: {owner}.{node.attr}"


def test_what_keras_and_tensorflow_keep_to_themselves_is_touched_in_one_file():
    speaks = re.compile(r"^\s*(import|from) (keras|tensorflow)\b", re.MULTILINE)

    touches = {
        str(path.relative_to(ROOT / "automl")): list(private_touches(path))
        for path in SOURCES
        if speaks.search(path.read_text())
    }

    assert touches.pop(PRIVATE)
    assert not any(touches.values()), {name: found for name, found in touches.items() if found}


def test_files_are_written_in_one_room():
    writes = re.compile(r"\.write_text\(|\.write_bytes\(|open\([^)]*[\"'][wax]b?\+?[\"']")
    # folders of the cache are drafts themselves; logs of workers are whatever they print; messages and
    # signs of life are renamed, too, and need not outlive a power cut;
    # what a user names as output may be a pipe or a device (plain files go through core/files there, too)
    places = {
        "cli/output.py",
        "core/files.py",
        "data/cache.py",
        "data/preprocessing/kept.py",
        "data/remote/web.py",  # folders of copies are drafts themselves, too
        "execution/mailbox.py",
        "execution/worker_process.py",
        "testing/families.py",  # scratch files of tests, as below
        "testing/runners.py",
        "testing/trackers.py",
        "views/choice.py",  # stderr
    }

    writers = {
        str(path.relative_to(ROOT / "automl")) for path in SOURCES if writes.search(path.read_text())
    }

    assert writers <= places, "write by automl.core.files"


def test_the_mlflow_folder_holds_no_python():
    assert not list((ROOT / "mlflow").rglob("*.py"))


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def code_lines(path: Path) -> int:
    """Lines that are neither empty nor comments nor texts that stand by themselves, such as docstrings."""
    code, text = path.read_text(), set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            text |= set(range(node.lineno, node.end_lineno + 1))
    plain = (line for number, line in enumerate(code.splitlines(), 1) if number not in text)
    return sum(1 for line in plain if line.strip() and not line.strip().startswith("#"))


def test_files_stay_small():
    sizes = {str(path.relative_to(ROOT)): lines_of(path) for path in SOURCES}

    assert not {name: size for name, size in sizes.items() if size > 400}
    assert median(sizes.values()) <= 110


def test_functions_stay_small():
    long = {
        f"{path.relative_to(ROOT)}: {node.name}": node.end_lineno - node.lineno + 1
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.end_lineno - node.lineno >= 60
    }

    # search and tune, whose every option is a parameter with its meaning
    assert len(long) <= 2, long


def test_three_lines_of_tests_stand_beside_five_of_source():
    kit = ROOT / "automl" / "testing"  # ships, and is made of tests
    tests = [*(ROOT / "tests").rglob("*.py"), *kit.rglob("*.py")]
    source = [path for path in SOURCES if kit not in path.parents]

    assert sum(map(code_lines, tests)) >= 0.6 * sum(map(code_lines, source))


MOST_NAMES = 0
"""Names of tasks, modalities and kinds that may be asked for outside the rooms that own them."""


def test_names_are_asked_for_by_their_owners_only():
    found = places()

    assert len(found) <= MOST_NAMES, "ask a declaration for a property instead:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("task == 'binary'", 1),
        ("task in ('binary', 'multiclass', 'user')", 2),
        ("{'regression': 1, 'binary': 2}", 2),
        ("{'image': 1, 'rows': 2}", 0),
        ("match kind:\n    case 'forecasting':\n        pass", 1),
        ("inputs['image'] == inputs['text']", 0),
        ("name = 'binary'", 0),
    ],
)
def test_what_counts_as_asking_for_a_name(code, count):
    assert len(list(asked_names(code))) == count

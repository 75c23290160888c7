"""Finds where code asks for the name of a task, a modality or a kind outside the modules that own it.

Who needs to know something of one of them asks its declaration for a property; so one more of them changes
nothing elsewhere. What counts as asking: such a name as a text in a comparison (``==``,
``in``), as one of several such keys of a dictionary, or in a ``match``. Mere use, as in
``inputs["image"]`` or ``{"image": pixels}``, does not count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from automl.data.catalog import KINDS, MODALITIES
from automl.data.target_kinds.catalog import TARGET_KINDS
from automl.tasks.catalog import TASKS

ROOT = Path(__file__).parents[1]
OWNERS = ("tasks/", "data/modalities/", "data/kinds/", "data/target_kinds/", "models/families/")
NAMES = {*TASKS, *MODALITIES, *KINDS, *TARGET_KINDS}

OTHERS = {"data/time_cells.py": {"number"}, "testing/executors.py": {"number", "steps"}}
"""The same words with another meaning: a form of times, facts of a toy task."""


def asked_names(code: str) -> Iterator[tuple[int, str]]:
    """Line and name of each place that asks for one."""
    for node in ast.walk(ast.parse(code)):
        for part in _asking(node):
            for text in ast.walk(part):
                if isinstance(text, ast.Constant) and text.value in NAMES:
                    yield text.lineno, str(text.value)


def _asking(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Compare):
        return [side for side in (node.left, *node.comparators) if _is_plain(side)]
    if isinstance(node, ast.Dict):
        named = [key for key in node.keys if isinstance(key, ast.Constant) and key.value in NAMES]
        return named if len(named) > 1 else []
    return [node.value] if isinstance(node, ast.MatchValue) else []


def _is_plain(side: ast.expr) -> bool:
    """Whether it is a text, or several of them."""
    return isinstance(side, ast.Constant | ast.Tuple | ast.List | ast.Set)


def places() -> list[str]:
    """File, line and name of each place outside the owning modules."""
    package = ROOT / "automl"
    found = []
    for path in sorted(package.rglob("*.py")):
        room = path.relative_to(package).as_posix()
        if not room.startswith(OWNERS) and path.name != "catalog.py":
            asked = asked_names(path.read_text())
            others = OTHERS.get(room, set())
            found += [f"{room}:{line} {name}" for line, name in asked if name not in others]
    return found

"""Every command that the page on benchmarks names can be run."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
COMMANDS = sorted(set(re.findall(r"python -m (benchmarks\.\w+)", PAGE.read_text())))


def test_the_page_names_commands():
    assert {"benchmarks.training", "benchmarks.executing", "benchmarks.search"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_tells_its_options(command, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [command, "--help"])
    for name in (command, f"{command}.__main__"):  # other tests import them, of which runpy warns
        monkeypatch.delitem(sys.modules, name, raising=False)

    with pytest.raises(SystemExit) as end:
        runpy.run_module(command, run_name="__main__", alter_sys=True)

    assert end.value.code in (0, None)
    assert f"usage: python -m {command} " in capsys.readouterr().out

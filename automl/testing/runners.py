"""Runners without a framework: they do what a payload tells them, good or bad; for tests of executors."""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from automl.core.errors import DiskFullError
from automl.execution.executor import INTERRUPTED, Channel, Runner, one_by_one


def open_toy(options: Mapping[str, Any]) -> Runner:
    """A runner that keeps the steps it has done in a file per task, below ``options["folder"]``."""
    folder = Path(options["folder"])
    if options.get("broken"):
        raise ValueError("no data there")
    life = secrets.token_hex(4)

    def run(payload: Mapping[str, Any], channel: Channel) -> dict[str, Any] | None:
        done = folder / f"{payload['number']}.done"
        log = folder / f"{payload['number']}.log"
        first = int(done.read_text()) if done.exists() else 0
        with log.open("a") as file:
            file.write(f"begin {first} {os.getpid()}\n")
        for step in range(first, payload.get("steps", 1)):
            misbehave(payload, step, folder)
            time.sleep(payload.get("seconds", 0.0))
            if channel.deadline is not None and time.monotonic() > channel.deadline:
                return {"steps": step, "stopped": "deadline", "pid": os.getpid()}
            reason = channel.say({"event": "step", "step": step})
            draft = folder / f"{payload['number']}.{os.getpid()}.part"
            draft.write_text(str(step + 1))
            draft.replace(done)
            channel.saved()
            if reason == INTERRUPTED:
                return None
            if reason:
                return {"steps": step + 1, "stopped": reason, "pid": os.getpid()}
        return {"steps": payload.get("steps", 1), "stopped": "", "pid": os.getpid(), "life": life}

    return one_by_one(run)


def misbehave(payload: Mapping[str, Any], step: int, folder: Path) -> None:
    """Do the harm that a payload asks for, at its step and as many times as it says."""
    harm = payload.get("harm")
    if harm is None or step != payload.get("at", 0):
        return
    marks = folder / f"{payload['number']}.harms"
    times = int(marks.read_text()) if marks.exists() else 0
    if times >= payload.get("times", 1):
        return
    marks.write_text(str(times + 1))
    if harm == "raise":
        raise RuntimeError("as it was told")
    if harm == "full":
        raise DiskFullError("Cannot write it.")
    if harm == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if harm == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    if harm == "segfault":
        ctypes.string_at(0)
    if harm == "hang":
        time.sleep(600)
    if harm == "deaf":
        ctypes.PyDLL(None).sleep(600)  # without letting another thread in
    if harm == "clock":  # from now on this process believes that it is tomorrow
        real = time.time
        time.time = lambda: real() + 86_400
    if harm == "hog":
        held = [bytearray(os.urandom(2**20)) * 50 for _ in range(200)]
        time.sleep(600 + len(held))

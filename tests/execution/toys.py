"""Runners without a framework, for the executors' tests: they do what a payload tells them, good or bad."""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import signal
import time
from pathlib import Path

import psutil

from automl.core.errors import DiskFullError
from automl.execution.executor import INTERRUPTED


def open_toy(options):
    """A runner that keeps the steps it has done in a file per task, below ``options["folder"]``."""
    folder = Path(options["folder"])
    if options.get("broken"):
        raise ValueError("no data there")
    life = secrets.token_hex(4)

    def run(payload, channel):
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

    return run


def misbehave(payload, step, folder):
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
        time.time = lambda real=time.time: real() + 86_400
    if harm == "hog":
        held = [bytearray(os.urandom(2**20)) * 50 for _ in range(200)]
        time.sleep(600 + len(held))


def left_workers():
    """Worker processes of this one that are still there; other tests have servers of their own."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "automl.execution.worker" in child.cmdline():
                found.append(child.pid)
    return found

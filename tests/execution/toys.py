"""What the tests of executors look at beside the executor: the processes that it left."""

from __future__ import annotations

import contextlib

import psutil


def left_workers():
    """Worker processes of this one that are still there; other tests have servers of their own."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "automl.execution.worker" in child.cmdline():
                found.append(child.pid)
    return found

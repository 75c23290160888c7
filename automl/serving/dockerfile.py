"""A Dockerfile that serves a job's model from a container."""

from __future__ import annotations

import re
import sys
from importlib import metadata

from automl._version import __version__
from automl.core.errors import ConfigError
from automl.data.catalog import KINDS
from automl.data.columns import columns_of
from automl.jobs.opened import OpenedModel
from automl.serving.access import VARIABLE

PORT = 8000

PINNED = ("keras", "tensorflow", "jax", "numpy", "pandas", "pyarrow", "scikit-learn")
"""Packages whose versions here are those of the image: with these the model was seen to answer."""

_TEMPLATE = """\
# Build with the job folder as context: docker build -t {tag} {build}
# Run:  docker run -p {port}:{port} -e {variable}=A-LONG-SECRET {tag}
FROM python:{python}-slim
ENV PYTHONUNBUFFERED=1 TF_CPP_MIN_LOG_LEVEL=3
RUN pip install --no-cache-dir {packages}
RUN useradd --create-home automl
USER automl
WORKDIR /home/automl
COPY --chown=automl {files} job/
EXPOSE {port}
HEALTHCHECK --start-period=120s CMD \\
    python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:{port}/health', timeout=5)"
CMD ["automl", "serve", "job", "--host", "0.0.0.0", "--port", "{port}"]
"""


def dockerfile_of(opened: OpenedModel, *, build: str) -> str:
    """Return the text of a Dockerfile; its context is the job folder, of which what predicts is copied.

    Args:
        opened: the job.
        build: arguments of ``docker build`` that name the Dockerfile and the job folder.

    Raises:
        ConfigError: the job has no model yet.
    """
    files = opened.files
    needed = (files.job, files.model, files.schema, files.task, files.result)
    gone = [file.name for file in needed if not file.is_file()]
    if gone:
        raise ConfigError(f"{files.path} has no {gone[0]}: the job has not got that far.")
    copied = [*needed, *([files.gallery] if files.gallery.is_file() else [])]
    extras = ",".join(_extras(opened))
    package = f'"automl-keras{f"[{extras}]" if extras else ""}=={__version__}"'
    return _TEMPLATE.format(
        tag=re.sub(r"[^a-z0-9]+", "-", files.path.name.lower()).strip("-") or "model",
        build=build,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        packages=" ".join([package, *_pins()]),
        files=" ".join(file.name for file in copied),
        port=PORT,
        variable=VARIABLE,
    )


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

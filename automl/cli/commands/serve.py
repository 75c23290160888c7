"""``automl serve``: a job's model as a web service."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from automl.core.amounts import parse_size
from automl.core.errors import ConfigError
from automl.serving.access import VARIABLE

if TYPE_CHECKING:
    from automl.jobs.result import Result


@click.command("serve")
@click.argument("folder", metavar="DIR")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help=f"address to listen on; one that others can reach needs a token in {VARIABLE} or --token-file, or "
    "makes one",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 for any")
@click.option(
    "--token-file", metavar="FILE", help=f"file with the token that requests must bring; else {VARIABLE}"
)
@click.option(
    "--max-body", default="32MB", show_default=True, metavar="SIZE", help="largest body of a request"
)
@click.option(
    "--gallery",
    metavar="FILE",
    help="of verification: who is named, as `automl enroll` wrote it; by default DIR/gallery.npz",
)
@click.option(
    "--dockerfile", metavar="PATH", help="write a Dockerfile that serves the model, and serve nothing"
)
def command(
    folder: str,
    host: str,
    port: int,
    token_file: str | None,
    max_body: str,
    gallery: str | None,
    dockerfile: str | None,
) -> int:
    """Answer requests with the model of the job in DIR: JSON, CSV or files in, what `predict` writes out.

    POST /predict, GET /health, /docs and /openapi.json; Ctrl-C stops it.
    """
    from automl.jobs.folder import open_folder

    if dockerfile is not None:
        _write_dockerfile(folder, Path(dockerfile))
        return 0
    most_bytes = parse_size(max_body, "--max-body")
    open_folder(folder)
    from automl.serving.access import access_for
    from automl.serving.server import address_of, bound

    access, made = access_for(host, token_file, terminal=sys.stderr.isatty())
    listener = bound(host, port)
    if made:
        click.echo(f"Token, shown this once: {made}", err=True)
    from automl.api import load
    from automl.serving.answering import Answering
    from automl.serving.application import Service, application
    from automl.serving.description import describe
    from automl.serving.server import serve

    result = load(folder)
    refuse_unserved(result)
    answering = Answering(result, gallery)
    answering.warm_up()
    service = Service(
        answering=answering,
        description=describe(result, most_bytes, answering.further),
        access=access,
        most_bytes=most_bytes,
    )
    address = address_of(listener)

    def ready() -> None:
        click.echo(f"Serving {service.description.name} on {address}, see {address}/docs. Ctrl-C stops it.")

    serve(application(service), listener, ready)
    answering.close()
    click.echo("Stopped.", err=True)
    return 0


def refuse_unserved(result: Result) -> None:
    """Refuse a model whose inputs only the user's own code knows."""
    from automl.jobs.tune.tuned import TunedResult

    if isinstance(result, TunedResult):
        raise ConfigError(
            f"{result.folder} is a search over models of your own, whose inputs only your code can make of "
            "a request. Serve its registered model: mlflow models serve."
        )


def _write_dockerfile(folder: str, path: Path) -> None:
    from automl.core.files import write_whole
    from automl.jobs.folder import open_folder
    from automl.jobs.opened import OpenedModel
    from automl.serving.dockerfile import dockerfile_of, installed_from, wheel_command

    opened = OpenedModel(open_folder(folder))
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise ConfigError(f"Cannot write {path}: expected the name of a file in a folder that exists.")
    build, source = f"-f {shlex.quote(str(path))} {shlex.quote(folder)}", installed_from()
    text = dockerfile_of(opened, build=build, source=source)
    write_whole(path, text)
    click.echo(f"{path} written; its first line says how to build with it.")
    if before := wheel_command(opened.files.path, source):
        click.echo(f"No index has this package: put its wheel into the job folder first. {before}")

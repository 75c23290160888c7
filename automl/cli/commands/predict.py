"""``automl predict``: raw data in, a CSV of predictions out."""

from __future__ import annotations

from pathlib import Path

import click

from automl.core.errors import ConfigError
from automl.core.files import whole


@click.command("predict")
@click.argument("folder", metavar="DIR")
@click.argument("data")
@click.option("--output", required=True, metavar="FILE.csv", help="file that the predictions go to")
def command(folder: str, data: str, output: str) -> None:
    """Predict DATA, raw as in the search, with the model of the job in DIR."""
    from automl.api import load
    from automl.data.source import open_source

    result = load(folder)
    open_source(data)
    target = Path(output)
    if not target.parent.is_dir():
        raise ConfigError(f"Cannot write {output}: the folder {target.parent} does not exist.")
    frame = result.predict(data)
    try:
        with whole(target) as draft:
            frame.to_csv(draft, index=False)
    except OSError as error:
        raise ConfigError(f"Cannot write {output}: {error.strerror}.") from None
    click.echo(f"{len(frame)} predictions in {output}", err=True)

"""``automl export``: a job's model in another format, compared with itself before it is kept."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from automl.cli.notes import show_notes


@click.command("export")
@click.argument("folder", metavar="DIR")
@click.option(
    "--to",
    required=True,
    metavar="FORMAT",
    help="keras, savedmodel, onnx, litert or openvino",
)
@click.option(
    "--output", metavar="PATH", help="file or folder to write; default: DIR/exports/model.<format>"
)
@click.option(
    "--quantize",
    metavar="TYPE",
    help="store weights in int8 (onnx, litert) or float16 (litert, openvino), for a smaller file",
)
@click.option("--opset", type=int, metavar="N", help="version of ONNX' operations, 13 to 18; default: 18")
@click.option(
    "--data",
    metavar="DATA",
    help="rows to compare the file on (200 of them); default: the data of the search",
)
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def command(
    folder: str,
    to: str,
    output: str | None,
    quantize: str | None,
    opset: int | None,
    data: str | None,
    as_json: bool,
) -> None:
    """Write the model of the job in DIR in another format.

    What was written is run on 200 rows and compared with what `automl predict` says. A file that answers
    otherwise is thrown away. A JSON file beside it says what it takes and gives.

    \b
    automl export runs/adult --to onnx
    automl export runs/photos --to litert --quantize int8 --output photos.tflite
    """  # noqa: D301  click reads the escape
    from automl.api import load
    from automl.core.sizes import size_text

    done = load(folder).export(to, output, quantize=quantize, opset=opset, data=data, told=show_notes)
    if as_json:
        click.echo(
            json.dumps({**asdict(done), "path": str(done.path), "description": str(done.description)})
        )
        return
    parity = done.parity
    click.echo(f"{done.path}  {size_text(done.bytes)}")
    click.echo(
        f"parity   largest difference {parity.largest_difference:.2g} ({parity.unit}) on {parity.rows} "
        f"rows; up to {parity.limit:g} is rounding"
    )
    click.echo(f"latency  {done.latency_ms:.3g} ms for one row, median, on this machine")
    click.echo(f"inputs   {done.description}")

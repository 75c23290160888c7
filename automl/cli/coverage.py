"""The option that commands share which tell intervals or sets, and how a measured coverage is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from automl.core.amounts import parse_share, plain_number


def _share(context: click.Context, option: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    return 0.0 if value.strip() == "0" else parse_share(value)


coverage_option = click.option(
    "--coverage",
    metavar="SHARE",
    callback=_share,
    help="share of rows whose truth an interval, or a set of classes, shall hold: 0.9, 90%; default: that "
    "of the search, 0 for neither",
)


def coverage_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Give lines on a coverage that was measured, see ``tasks.conformal.measured.Measured``."""
    span = found.get("interval")
    beside = f", 95% interval {span[0]:.4g} to {span[1]:.4g}" if span else ""
    yield f"coverage: {found['measured']:.4g} (asked for {found['asked']:g}{beside})"
    what = found["size_is"]
    yield f"{what}: {plain_number(found['size'], 4)}"
    for name, part in found.get("targets", {}).items():
        yield f"coverage of {name}: {part['measured']:.4g}, {what} {plain_number(part['size'], 4)}"
    for name, part in found.get("groups", {}).items():
        size = f"{what} {plain_number(part['size'], 4)}, {part['rows']} rows"
        yield f"coverage where {found['by']} is {name}: {part['measured']:.4g}, {size}"

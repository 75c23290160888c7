"""The option that commands share which tell whether things are the same."""

from __future__ import annotations

import click

far_option = click.option(
    "--far",
    type=float,
    metavar="RATE",
    help="share of pairs of others that may be taken for the same: 0.1, 0.01 (default) or 0.001",
)

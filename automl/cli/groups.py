"""The help of a command with many options: under headings, in the order of a job's life."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import get_annotations

import click

from automl.jobs.config import OPTION_GROUPS

_OF_COMMANDS: Mapping[str, tuple[str, ...]] = {
    "Budget": ("time_limit",),
    "Output": ("job", "as_json", "quiet", "timings"),
}
"""Options that are no job's but of commands about jobs."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    heading: (*get_annotations(group), *_OF_COMMANDS.get(heading, ()))
    for heading, group in OPTION_GROUPS.items()
}
"""Names of options by heading; what stands under none comes last, under "Options"."""


class GroupedCommand(click.Command):
    """A command whose help lists its options under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, each under its heading."""
        options = [item for item in self.get_params(ctx) if isinstance(item, click.Option)]
        records = {item.name: item.get_help_record(ctx) for item in options}
        for heading, names in GROUPS.items():
            _write(formatter, heading, [records.pop(name, None) for name in names])
        _write(formatter, "Options", list(records.values()))


def _write(formatter: click.HelpFormatter, heading: str, records: list[tuple[str, str] | None]) -> None:
    shown = [record for record in records if record is not None]
    if shown:
        with formatter.section(heading):
            formatter.write_dl(shown)

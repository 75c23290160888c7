"""The help of a command with many options: under headings, in the order of a job's life."""

from __future__ import annotations

from collections.abc import Mapping

import click

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Data": (
        "target",
        "modality",
        "task",
        "keep",
        "drop",
        "validation",
        "folds",
        "sample_rows",
        "single",
        "distill",
        "group_column",
        "time_column",
        "id_column",
        "horizon",
        "lookback",
        "image_size",
        "frames",
        "tokenizer",
        "user_column",
        "item_column",
        "user_table",
        "item_table",
        "hold_out",
        "header",
    ),
    "Search": (
        "family",
        "space",
        "set",
        "metric",
        "cost",
        "amount_column",
        "constraint",
        "protected",
        "keep_protected",
        "mitigate",
        "coverage",
        "coverage_by",
        "sampler",
        "pruner",
        "portfolio",
        "warm_start",
        "seed",
    ),
    "Budget": ("time", "time_limit", "trials", "trial_time", "epochs"),
    "Training": ("backend", "engine", "precision", "strategy", "compile_cache"),
    "Workers": (
        "workers",
        "executor",
        "ray_address",
        "worker_cores",
        "trials_per_gpu",
        "attempts",
        "memory_limit",
    ),
    "Tracking": ("tracking", "tracking_uri", "storage", "lenient"),
    "Output": ("name", "out", "job", "as_json", "quiet", "timings"),
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

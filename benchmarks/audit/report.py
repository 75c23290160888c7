"""The tables of what an audit found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def fault_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return how often each planted fault was found, as a Markdown table."""
    lines = ["| fault | found | missed in |", "| --- | --- | --- |"]
    for fault in dict.fromkeys(row["fault"] for row in rows):
        own = [row for row in rows if row["fault"] == fault]
        missed = ", ".join(row["set"] for row in own if not row["found"]) or "-"
        lines.append(f"| {fault} | {sum(row['found'] for row in own)} of {len(own)} | {missed} |")
    return "\n".join(lines)


def clean_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the alarms on data as it is, as a Markdown table: sets without any are only counted."""
    lines = ["| set | false alarm |", "| --- | --- |"]
    lines += [f"| {row['set']} | {alarm} |" for row in rows for alarm in row["alarms"]]
    lines += [f"| {row['set']} | (true) {told} |" for row in rows for told in row["true"]]
    alarms = sum(len(row["alarms"]) for row in rows)
    silent = sum(not row["alarms"] for row in rows)
    return "\n".join([*lines, f"| {len(rows)} sets, {silent} without | {alarms} in all |"])

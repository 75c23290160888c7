"""A report: what was found in words, and figures in sections. Its JSON holds every number that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, TypeAlias

from automl.core.figures import Figure, Number, figure_from_json, figure_to_json, rounded

VERSION = 1
"""Of the form of the JSON; to be raised whenever what it holds changes."""

Mood: TypeAlias = Literal["good", "careful", "bad"]


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One sentence on what was found.

    Attributes:
        mood: whether it speaks for the model, asks for care, or against it.
        text: the sentence.
    """

    mood: Mood
    text: str


@dataclass(frozen=True, kw_only=True)
class Scores:
    """What a model scores on some rows.

    Attributes:
        part: what the rows are called.
        rows: how many they are.
        metrics: by name, None where not finite.
        intervals: 95% intervals of metrics, by name; those that cannot be told are absent.
        corrected: metrics less what the choice among trials made of them, where that is known; their
            intervals are about these.
    """

    part: str
    rows: int
    metrics: Mapping[str, Number]
    intervals: Mapping[str, tuple[float, float]]
    corrected: Mapping[str, Number] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a report.

    Attributes:
        key: names it in the JSON and in links.
        title: its heading.
        text: before the figures.
        figures: in order.
    """

    key: str
    title: str
    figures: tuple[Figure, ...]
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one page tells.

    Attributes:
        title: name of the job.
        kind: what was asked for, in a few words.
        made: when, as text.
        verdict: one paragraph.
        remarks: what to know beside it.
        sections: in order; those without figures and text are left out.
        headline: figures of the verdict: a label, a value as text, and what stands below it.
        scores: of the model, the held-out part first, then a test; empty where predictions are not kept.
    """

    title: str
    kind: str
    made: str
    verdict: str
    remarks: tuple[Remark, ...]
    sections: tuple[Section, ...]
    headline: tuple[tuple[str, str, str], ...] = ()
    scores: tuple[Scores, ...] = ()


def report_to_json(report: Report) -> dict[str, Any]:
    """Return a report as plain JSON."""
    return {
        "version": VERSION,
        "title": report.title,
        "kind": report.kind,
        "made": report.made,
        "verdict": report.verdict,
        "headline": [list(item) for item in report.headline],
        "remarks": [asdict(remark) for remark in report.remarks],
        "scores": [asdict(item) for item in report.scores],
        "sections": [
            {
                "key": item.key,
                "title": item.title,
                "text": item.text,
                "figures": [figure_to_json(figure) for figure in item.figures],
            }
            for item in report.sections
        ],
    }


def report_from_json(values: Mapping[str, Any]) -> Report:
    """Return what ``report_to_json`` was given.

    Raises:
        KeyError, TypeError, ValueError: it is something else, or of another version.
    """
    if values["version"] != VERSION:
        raise ValueError(f"version {values['version']!r}, this program reads {VERSION}")
    return Report(
        title=str(values["title"]),
        kind=str(values["kind"]),
        made=str(values["made"]),
        verdict=str(values["verdict"]),
        headline=tuple((str(a), str(b), str(c)) for a, b, c in values["headline"]),
        remarks=tuple(Remark(**item) for item in values["remarks"]),
        scores=tuple(_scores(item) for item in values["scores"]),
        sections=tuple(
            Section(
                key=str(item["key"]),
                title=str(item["title"]),
                text=str(item["text"]),
                figures=tuple(figure_from_json(figure) for figure in item["figures"]),
            )
            for item in values["sections"]
        ),
    )


def with_section(report: Report, section: Section, after: str) -> Report:
    """Return a report with a section in place of one of the same key, or behind another one."""
    rest = [item for item in report.sections if item.key != section.key]
    places = [at for at, item in enumerate(rest) if item.key == after]
    place = places[0] + 1 if places else len(rest)
    return replace(report, sections=(*rest[:place], section, *rest[place:]))


def _scores(values: Mapping[str, Any]) -> Scores:
    return Scores(
        part=str(values["part"]),
        rows=int(values["rows"]),
        metrics={str(name): rounded(value, 9) for name, value in values["metrics"].items()},
        intervals={
            str(name): (float(low), float(high)) for name, (low, high) in values["intervals"].items()
        },
        # absent in reports of earlier versions
        corrected={str(name): rounded(value, 9) for name, value in values.get("corrected", {}).items()},
    )

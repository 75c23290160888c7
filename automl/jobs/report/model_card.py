"""A model card: what a model is, for whom it holds, and what it cost, as Markdown beside it.

Mitchell et al., "Model cards for model reporting", 2019. It says what the report says, in text that travels
with the model; its head is the one that Hugging Face reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from automl._version import __version__
from automl.core.figures import Picture, Table
from automl.core.reports import Report, Section
from automl.drawing.page import cells_of

MADE, TASK, MODALITY, SPLIT, GOAL = "made", "task", "modality", "split", "goal"
LIMITS, LOADING, SECONDS, ENERGY = "limits of use", "to load", "seconds", "energy"
NETWORKS, SIZE, SOFTWARE, MACHINE = "networks", "size of the file", "trained with", "machine"
"""Facts that have places of their own in a card."""

USE = (
    "Nobody has said what this model is for. Whoever passes it on writes here who may use it, for which "
    "decisions, and for which it must not be used."
)

LICENCE = (
    "None was chosen. Whoever trained this model decides under which licence it may be used, within what "
    "the licence of its data allows; write it here, and at the head of this file, before you pass it on."
)
NO_GROUPS = (
    "No protected groups were named (`--protected`), so whether some people fare worse than others is "
    "not known."
)
CARD = "card"
"""Key of the section with the facts."""


def model_card(report: Report) -> str:
    """Return the model card of a job, as Markdown."""
    facts = facts_of(report)
    sections = {item.key: item for item in report.sections}
    return "\n".join(
        [
            *_head(facts),
            f"# {_text(report.title)}",
            "",
            f"{_text(report.kind)}. Made {_text(report.made)} by automl {__version__}.",
            "",
            _text(report.verdict),
            "",
            *_chapter("Intended use", [USE]),
            *_chapter("Model", [*_named(facts, _OF_MODEL), "", *_sections(sections, ("model",))]),
            *_chapter("Data", _facts(facts, ahead=True)),
            *_chapter("Split", [_text(facts.get(SPLIT, ""))]),
            *_chapter("Search", _facts(facts, ahead=False)),
            *_chapter("Scores", _sections(sections, ("scores", "test", "coverage", "test_coverage"))),
            *_chapter("Groups", _sections(sections, ("groups", "test_groups")) or [NO_GROUPS]),
            *_chapter("Limits", _limits(report, facts)),
            *_chapter("What is suspicious in the data", _sections(sections, ("audit",))),
            *_chapter("Cost", _cost(facts)),
            *_chapter("How to load it", _loading(facts)),
            *_chapter("Licence", [LICENCE]),
        ]
    )


def facts_of(report: Report) -> dict[str, str]:
    """Return the facts of a report by name."""
    tables = [
        figure
        for item in report.sections
        if item.key == CARD
        for figure in item.figures
        if isinstance(figure, Table)
    ]
    return {str(row[0]): str(row[1]) for table in tables for row in table.rows}


def _head(facts: Mapping[str, str]) -> list[str]:
    tags = ["automl", *(facts[name] for name in (MODALITY, TASK) if name in facts)]
    return [
        "---",
        "library_name: keras",
        "license: unknown",
        "tags:",
        *(f"- {tag}" for tag in tags),
        "---",
        "",
    ]


def _chapter(title: str, lines: Sequence[str]) -> list[str]:
    return [f"## {title}", "", *lines, ""] if any(lines) else []


_OF_MODEL = (NETWORKS, SIZE, SOFTWARE, MACHINE)
_APART = (MADE, TASK, MODALITY, SPLIT, LIMITS, LOADING, SECONDS, ENERGY, *_OF_MODEL)


def _facts(facts: Mapping[str, str], *, ahead: bool) -> list[str]:
    """The facts ahead of the split or behind it; those with a place of their own are left out."""
    names = list(facts)
    place = names.index(SPLIT) if SPLIT in names else 0
    some = names[:place] if ahead else names[place:]
    return _named(facts, [name for name in some if name not in _APART])


def _named(facts: Mapping[str, str], names: Sequence[str]) -> list[str]:
    return [f"- {_text(name)}: {_text(facts[name])}" for name in names if name in facts]


def _sections(known: Mapping[str, Section], keys: Sequence[str]) -> list[str]:
    lines: list[str] = []
    for item in (known[key] for key in keys if key in known):
        tables = [figure for figure in item.figures if isinstance(figure, Table)]
        for table in tables:
            lines += [*_table(table), ""]
        if tables and item.text:
            lines += [_text(item.text), ""]
    return lines[:-1]


def _table(table: Table) -> Iterator[str]:
    if any(isinstance(cell, Picture) for row in table.rows for cell in row):
        return
    yield f"**{_text(table.title)}**"
    yield ""
    yield _row(table.columns)
    yield _row("---" for _ in table.columns)
    for row in cells_of(table):
        yield _row(text for _, text in row)
    if table.note:
        yield f"\n{_text(table.note)}"


def _row(cells: Iterator[str] | Sequence[str]) -> str:
    return f"| {' | '.join(_text(cell) if cell != '---' else cell for cell in cells)} |"


def _limits(report: Report, facts: Mapping[str, str]) -> list[str]:
    careful = [f"- {_text(item.text)}" for item in report.remarks if item.mood != "good"]
    return [*careful, *([f"- {_text(facts[LIMITS])}"] if LIMITS in facts else [])]


def _cost(facts: Mapping[str, str]) -> list[str]:
    known = (("The search took", SECONDS), ("Electricity:", ENERGY))
    return [f"- {words} {_text(facts[name])}." for words, name in known if name in facts]


def _loading(facts: Mapping[str, str]) -> list[str]:
    return ["```python", *facts[LOADING].split("; "), "```"] if LOADING in facts else []


def _text(words: str) -> str:
    """A text that Markdown takes as such: names of columns and classes come from users' files."""
    plain = " ".join(str(words).split()).replace("\\", "\\\\")
    for mark in "|[]*<":
        plain = plain.replace(mark, {"<": "&lt;"}.get(mark, f"\\{mark}"))
    return plain

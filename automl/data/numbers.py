"""Numbers as people write them: decimal commas, digits in groups, currencies and percent signs.

How a column writes its numbers is found from its own cells; where they can be read in two ways (``1,234``),
from the rest of the file. What is found is told. Plain numbers (``-1234.5``, ``1e5``) are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from automl.core.notes import Note
from automl.data.cells import MISSING, NUMBER

LEAST_SHARE = 0.95
"""Share of a column's cells that must be numbers of one style; the others count as odd cells later."""

SAMPLE = 50

MANY = 3
"""Numbers below 1000 without a comma that say that commas group digits."""

_BOTH = "have decimal commas and others decimal points"
_EVERY = "every comma is followed by three digits"

UNITS = "$€£¥₹%"
_BLANK = r"[ \x{00A0}\x{202F}\x{2009}]"
_CLASSES = {"": "", " ": _BLANK, "'": "['’]", ",": ",", ".": r"\."}
MINUS = "−\N{EN DASH}"
"""Signs that people and word processors write for a minus."""

_SIGN = f"[+{MINUS}-]?"
_ADDRESS = r"^\d{1,3}(?:\.\d{1,3}){3}$"
_POINT = re.compile(r"[+-]?(?:\d*\.(?:\d{1,2}|\d{4,})|0\d*\.\d+|\d{4,}\.\d+)")
_NUMBERISH = re.compile(rf"(?=.*\d)\(?[\d{re.escape(UNITS)}\s.,'’+{MINUS}eE-]+\)?")


@dataclass(frozen=True, kw_only=True)
class NumberStyle:
    """How the numbers of a column are written.

    Attributes:
        decimal: mark before the fraction.
        thousands: mark between groups of digits; a blank stands for any kind of blank.
        unit: sign that every cell carries in front or behind, or nothing.
    """

    decimal: str
    thousands: str
    unit: str = ""

    @property
    def pattern(self) -> str:
        """Regular expression of a whole cell, for RE2."""
        mark, point = _CLASSES[self.thousands], _CLASSES[self.decimal]
        groups = rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})+"
        if self.thousands == ",":  # lakh and crore: 12,34,567
            groups = rf"{groups}|[1-9]\d?(?:,\d{{2}})+,\d{{3}}"
        body = rf"(?:(?:{groups}|\d+)(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?"
        if not self.unit:
            return rf"^(?:{_SIGN}{body}|\({body}\))$"
        unit = re.escape(self.unit)
        front, behind = rf"{unit}{_BLANK}?{_SIGN}{body}", rf"{body}{_BLANK}?{unit}"
        return rf"^(?:{_SIGN}(?:{front}|{behind})|\((?:{front}|{behind})\))$"


PLAIN = NumberStyle(decimal=".", thousands="")
US = NumberStyle(decimal=".", thousands=",")
GERMAN = NumberStyle(decimal=",", thousands=".")
STYLES = (
    US,
    NumberStyle(decimal=".", thousands=" "),
    NumberStyle(decimal=".", thousands="'"),
    GERMAN,
    NumberStyle(decimal=",", thousands=" "),
    NumberStyle(decimal=",", thousands="'"),
)


@dataclass(frozen=True)
class Words:
    """The different texts of a column, trimmed.

    Args:
        texts: string array ``(k,)``.
        counts: how often each occurs ``(k,)``; None for once.
    """

    texts: pa.Array | pa.ChunkedArray
    counts: np.ndarray | None = None

    @cached_property
    def present(self) -> np.ndarray:
        """Weight of each text ``(k,)``, 0 where it counts as missing."""
        gone = pc.is_in(pc.utf8_lower(self.texts), pa.array(sorted(MISSING)))
        gone = pc.fill_null(gone, True).to_numpy(zero_copy_only=False)
        weights = np.ones(len(gone)) if self.counts is None else self.counts
        return np.where(gone, 0.0, weights)

    @cached_property
    def sample(self) -> list[str]:
        """The first texts that are present."""
        sample = [text.as_py() for text in self.texts[:SAMPLE]]
        return [text for text in sample if text and text.lower() not in MISSING]

    def matches(self, pattern: str) -> np.ndarray:
        """Which texts are present and match ``(k,)`` bool."""
        found = pc.match_substring_regex(self.texts, pattern)
        found = pc.fill_null(found, False).to_numpy(zero_copy_only=False)
        return np.asarray(found & (self.present > 0))

    def weight(self, pattern: str) -> float:
        """Cells that match."""
        return float(self.present[self.matches(pattern)].sum())


def find_styles(
    columns: Mapping[str, Words],
    separator: str = "",
    *,
    points: bool = False,
    known: Mapping[str, NumberStyle] | None = None,
) -> tuple[dict[str, NumberStyle], tuple[Note, ...]]:
    """Find the columns whose numbers are not written plainly, and how they are written.

    Args:
        columns: columns of texts.
        separator: of the cells of their file; a semicolon speaks for decimal commas.
        points: whether other columns of the file have decimal points.
        known: how the columns are written in training; decides where this file leaves it open.

    Returns:
        styles by column name, and notes on how numbers are read.
    """
    judged = {name: judgement for name, words in columns.items() if (judgement := _judge(words))}
    if known and not _rewritten(judged, known):
        judged = {name: _as_known(item, known.get(name, PLAIN)) for name, item in judged.items()}
    verdicts = judged.values()
    commas = any(not item.mark and item.style.decimal == "," for item in verdicts)
    points = points or any(item.points for item in verdicts)
    decimal = "," if commas > points else "." if points > commas else ""
    decided = {name: _decided(item, decimal, separator) for name, item in judged.items()}
    styles = {name: item.style for name, item in decided.items() if item.style != PLAIN}
    return styles, tuple(_notes({name: (columns[name], item) for name, item in decided.items()}))


def plain_numbers(texts: pa.Array | pa.ChunkedArray, style: NumberStyle) -> pa.Array | pa.ChunkedArray:
    """Return texts with those of the style written as plain numbers; others are left as they are."""
    plain = texts
    if style.unit:
        plain = pc.replace_substring(plain, style.unit, "")
    plain = pc.replace_substring_regex(plain, rf"\s|{_BLANK}|{_CLASSES[style.thousands]}", "")
    plain = pc.replace_substring_regex(pc.replace_substring(plain, style.decimal, "."), f"[{MINUS}]", "-")
    plain = pc.replace_substring_regex(plain, r"^\((.*)\)$", r"-\1")  # as accountants write it
    return pc.if_else(pc.match_substring_regex(texts, style.pattern), plain, texts)


@dataclass(frozen=True, kw_only=True)
class _Judgement:
    """What a column says by itself.

    Attributes:
        style: how its numbers are written; if not ``sure``, without groups of digits before a point.
        mark: the mark that may stand before a fraction or between groups of digits; empty where it is sure.
        points: whether decimal points are among them for sure.
        small: how many of its numbers lack the mark, if all of these are below 1000 and outnumbered.
        mixed: why its numbers cannot be read in one way.
        why: what an unsure choice was made by.
        guess: whether that may well be wrong.
    """

    style: NumberStyle
    mark: str = ""
    points: bool = False
    small: float = 0
    mixed: str = ""
    why: str = ""
    guess: bool = False


def _judge(words: Words) -> _Judgement | None:
    """None for columns that hold no numbers, or plain ones without a point."""
    total = words.present.sum()
    if not total or not _looks_numeric(words):
        return None
    if _surely_plain(words):
        return _Judgement(style=PLAIN, points=True)
    unit, mixed = _unit(words, total)
    if mixed:
        return _Judgement(style=PLAIN, mixed=mixed)
    found = {style: words.weight(style.pattern) for style in (replace(item, unit=unit) for item in STYLES)}
    most = max(found.values())
    if most < LEAST_SHARE * total:
        both = words.weight(f"{US.pattern}|{GERMAN.pattern}") >= LEAST_SHARE * total
        return _Judgement(style=PLAIN, mixed=_BOTH) if both else None
    if words.weight(_ADDRESS) >= LEAST_SHARE * total:
        return None
    plain = not unit and words.weight(NUMBER) >= most
    best = [style for style, weight in found.items() if weight == most]
    style = PLAIN if plain else best[0]
    points, commas = words.weight(r"\."), words.weight(",")
    if len({item.decimal for item in best}) == 1 or not points + commas:
        return (
            _Judgement(style=style, points=style.decimal == "." and points > 0)
            if points or not plain
            else None
        )
    return _Judgement(style=style, mark="," if commas else ".", small=_small(words))


def _small(words: Words) -> float:
    whole = words.weight(r"^[^.,]*$")
    return whole if words.weight(r"^\D*\d{1,3}\D*$") >= whole else 0.0


def _looks_numeric(words: Words) -> bool:
    fits = sum(bool(_NUMBERISH.fullmatch(text)) for text in words.sample)
    return not words.sample or fits >= 0.5 * len(words.sample)


def _surely_plain(words: Words) -> bool:
    """Whether all are plain numbers and some have a decimal point for sure; quick, for the usual case."""
    if not any(_POINT.fullmatch(text) for text in words.sample):
        return False
    try:
        pc.cast(words.texts.filter(pa.array(words.present > 0)), pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _unit(words: Words, total: float) -> tuple[str, str]:
    """The sign that all cells carry, and the one that only some carry."""
    signs = f"[{re.escape(UNITS)}]"
    carrying = words.weight(signs)
    if carrying <= (1 - LEAST_SHARE) * total:
        return "", ""
    first = words.texts[int(np.flatnonzero(words.matches(signs))[0])].as_py()
    sign = next(mark for mark in first if mark in UNITS)
    if words.weight(re.escape(sign)) >= LEAST_SHARE * total:
        return sign, ""
    numbers = sum(bool(_NUMBERISH.fullmatch(text)) for text in words.texts.to_pylist() if text)
    all_numbers = numbers >= LEAST_SHARE * (words.present > 0).sum()
    return "", f"have {sign!r} and others do not" if all_numbers else ""


def _rewritten(judged: Mapping[str, _Judgement], known: Mapping[str, NumberStyle]) -> bool:
    """Whether a file surely writes a column with another decimal mark than training does."""
    return any(
        not item.mark
        and not item.mixed
        and (item.points or item.style.decimal == ",")
        and known.get(name, item.style).decimal != item.style.decimal
        for name, item in judged.items()
    )


def _as_known(item: _Judgement, known: NumberStyle) -> _Judgement:
    """The judgement on a column that can be read in two ways, by its style in training."""
    if known.thousands == "" or item.mark not in (known.decimal, known.thousands) or not item.mark:
        return item
    style = replace(known, unit=item.style.unit)
    # training may have had no groups of digits, and its style only allows them
    guess = item.mark == known.thousands
    return replace(item, style=style, mark="", why="the training data writes numbers this way", guess=guess)


def _decided(item: _Judgement, decimal: str, separator: str) -> _Judgement:
    """The judgement with its style chosen by the rest of the file."""
    if not item.mark:
        return item
    unit, grouped = item.style.unit, replace(US if item.mark == "," else GERMAN, unit=item.style.unit)
    fraction = replace(GERMAN, unit=unit) if item.mark == "," else item.style
    if unit and unit != "%":
        return replace(item, style=grouped, why="amounts of money do not have three decimals")
    if decimal:
        style = fraction if decimal == item.mark else grouped
        why = f"other columns have decimal {'commas' if decimal == ',' else 'points'}"
        return replace(item, style=style, why="" if style == PLAIN else why)
    many = item.small >= MANY if item.mark == "," else item.small and separator == ";"
    if many:
        return replace(item, style=grouped, why="every number above 999 has the mark")
    if item.mark == ",":
        semicolons = separator == ";"
        style, why = (fraction, "semicolons separate the cells") if semicolons else (grouped, _EVERY)
        return replace(item, style=style, why=why, guess=True)
    if separator != ";":
        return replace(item, style=fraction)
    return replace(item, style=fraction, why="nothing else suggests that points group digits", guess=True)


def _notes(decided: Mapping[str, tuple[Words, _Judgement]]) -> Sequence[Note]:
    """One note for each style and reason, with the columns that it is about."""
    told: dict[tuple[NumberStyle, str, str], list[str]] = {}
    for name, (_, item) in decided.items():
        if item.style != PLAIN or item.why or item.mixed:
            told.setdefault((item.style, item.why, item.mixed), []).append(name)
    return [_note(names, *decided[names[0]]) for names in told.values()]


def _note(names: Sequence[str], words: Words, item: _Judgement) -> Note:
    style, why, guess, mixed = item.style, item.why, item.guess, item.mixed
    listed = ", ".join(repr(name) for name in names[:20]) + (", ..." if len(names) > 20 else "")
    column = f"Column {listed}" if len(names) == 1 else f"Columns {listed}"
    if mixed:
        text = f"{column}: some numbers {mixed}, so they are read as text."
        return Note(f"{text} Write them all the same way.", 1.0)
    odd = words.matches(style.pattern) & ~words.matches(r"^[+-]?\d+$")
    shown = words.texts[int(np.flatnonzero(odd)[0])].as_py()
    read = plain_numbers(pa.array([shown]), style)[0].as_py() if style != PLAIN else shown
    text = f"{column}: numbers such as {shown!r} are read as {read}"
    if guess:
        return Note(f"{text}, a guess: {why}.", 1.0)
    return Note(f"{text}, since {why}." if why else f"{text}.")

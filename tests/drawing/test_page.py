"""The page is safe to open: every text is escaped, nothing runs, nothing is fetched."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from automl.core.figures import Axis, Bars, Chart, Line, Matrix, Parallel, Picture, Table
from automl.core.reports import Remark, Report, Section
from automl.drawing.grids import draw_bars
from automl.drawing.page import page_of
from tests.core.test_figures import SAMPLES
from tests.core.test_reports import REPORT

DIGIT = 0.636 * 11
"""Width of a digit of 11 units in DejaVu Sans, in which Linux shows pages."""

WIDE = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (280).to_bytes(4, "big") + bytes(4)).decode()
"""The head of a picture of 280 pixels across."""

EVIL = "<script>alert(1)</script>\"'&{{7*7}}"


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def evil_report() -> Report:
    axis = Axis(label=EVIL)
    named = Axis(label=EVIL, categories=(EVIL, "b"))
    line = Line(name=EVIL, form="points", x=(0, 1), y=(1, 2), texts=(EVIL, EVIL))
    figures = (
        Chart(title=EVIL, x=named, y=axis, lines=(line, replace(line, tone=1)), note=EVIL),
        Matrix(title=EVIL, rows=(EVIL,), columns=(EVIL,), cells=((3,),), row_label=EVIL, column_label=EVIL),
        Bars(title=EVIL, label=EVIL, names=(EVIL,), values=(1,), texts=(EVIL,)),
        Table(title=EVIL, columns=(EVIL,), rows=((EVIL,),), note=EVIL),
        Parallel(title=EVIL, axes=(named, axis), lines=((0, 1),), texts=(EVIL,)),
    )
    return Report(
        title=EVIL,
        kind=EVIL,
        made=EVIL,
        verdict=EVIL,
        remarks=(Remark(mood="bad", text=EVIL),),
        sections=(Section(key="a", title=EVIL, text=EVIL, figures=figures),),
        headline=((EVIL, EVIL, EVIL),),
    )


@pytest.mark.parametrize("report", [REPORT, evil_report()], ids=["plain", "evil"])
def test_nothing_runs_and_nothing_is_fetched(report):
    tags = Tags(page_of(report)).tags

    assert not [name for name, _ in tags if name in ("script", "iframe", "object", "embed", "link", "base")]
    assert not [
        key for _, attributes in tags for key in attributes if key.startswith("on") or key == "style"
    ]
    links = [value for _, known in tags for key, value in known.items() if key in ("href", "src")]
    assert all(value.startswith(("#", "data:image/png;base64,")) for value in links), links


def test_texts_of_users_are_shown_as_text():
    page = page_of(evil_report())

    assert "<script" not in page
    assert "alert(1)" in page
    assert "{{7*7}}" in page
    assert page.count("&lt;script&gt;") >= 20


def test_the_policy_allows_the_own_style_sheet_alone():
    page = page_of(REPORT)
    policy = dict(Tags(page).tags[3][1])["content"]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_every_figure_is_drawn_and_every_drawing_is_sound():
    page = page_of(REPORT)
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)

    assert len(drawings) == 4
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)  # noqa: S314  it is our own
        assert root.get("role") == "img"
        assert not [item for item in root.iter() if "nan" in str(item.attrib).lower()]
    assert page.count("<figure ") == len(SAMPLES)


def test_sections_that_say_nothing_are_left_out():
    empty = Section(key="nothing", title="Nothing", figures=())

    assert 'id="nothing"' not in page_of(replace(REPORT, sections=(*REPORT.sections, empty)))


def test_gaps_points_outside_the_frame_and_single_values_are_drawn():
    gaps = Line(
        x=(0, None, 2, 3), y=(1, 2, None, 9), form="line", low=(0, None, None, 1), high=(2, None, None, 9)
    )
    chart = Chart(title="a", x=Axis(label="x"), y=Axis(label="y", low=0.0, high=5.0), lines=(gaps,))
    alone = replace(chart, lines=(Line(x=(1,), y=(1,), form="stairs"),), y=Axis(label="y"))
    bars = Bars(
        title="b",
        label="l",
        names=("a", "b", "c"),
        values=(-1, None, 2),
        low=(-2, None, None),
        high=(0, None, None),
    )
    section = Section(key="a", title="A", figures=(chart, alone, bars, replace(bars, dots=True)))

    page = page_of(replace(REPORT, sections=(section,)))

    assert page.count("<svg") == 4
    assert "nan" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL).lower()


def test_names_and_values_of_bars_stay_within_the_drawing():
    bars = Bars(title="b", label="l", names=("od280/od315_of_diluted_wines", "ash"), values=(0.1, 0.00926))

    drawn = str(draw_bars(bars))

    width = float(re.search(r'viewBox="0 0 (\d+)', drawn)[1])
    names = re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="end">.*?</title>([^<]+)<', drawn)
    values = re.findall(r'<text x="([\d.]+)" y="[\d.]+" class="value">([^<]+)<', drawn)
    assert len(names) == len(values) == 2
    assert all(float(x) >= DIGIT * len(name) for x, name in names)
    assert all(float(x) + DIGIT * len(text) <= width for x, text in values)


def test_columns_of_numbers_are_set_right():
    table = Table(title="t", columns=("name", "count"), rows=(("a", 12345), ("b", None)))
    section = Section(key="a", title="A", figures=(table,))

    page = page_of(replace(REPORT, sections=(section,)))

    assert '<th scope="col" class="number">count</th>' in page
    assert '<td class="number">12,345</td>' in page
    assert '<td class="number">–</td>' in page


def test_a_table_of_several_pictures_takes_the_whole_width():
    rows = (("a", Picture(png="QQ=="), Picture(png="QQ==")),)
    tables = [
        Table(title="t", columns=("name", "image", "map"), rows=rows),
        Table(title="t", columns=("name", "image"), rows=(rows[0][:2],)),
    ]

    page = page_of(replace(REPORT, sections=(Section(key="a", title="A", figures=tuple(tables)),)))

    assert re.findall(r'<figure class="(\w+)">', page) == ["whole", "part"]
    assert re.findall(r'<img alt="([^"]+)"', page) == ["image of a", "map of a", "image of a"]


@pytest.mark.parametrize(
    ("cell", "place"),
    [("short", "part"), ("some more words than fit", "whole"), (Picture(png=WIDE), "whole")],
)
def test_a_table_takes_the_whole_width_where_its_cells_need_it(cell, place):
    table = Table(title="t", columns=("a", "b", "c"), rows=(("1", "validation, corrected", cell),))

    page = page_of(replace(REPORT, sections=(Section(key="a", title="A", figures=(table,)),)))

    assert re.findall(r'<figure class="(\w+)">', page) == [place]


def test_what_scrolls_can_be_reached_and_is_named():
    axes = tuple(Axis(label=name) for name in "abcdefg")
    wide = Parallel(title="many axes", axes=axes, lines=((1.0,) * 7,), texts=("t",))
    table = Table(title="facts", columns=("a",), rows=(("b",),))
    bars = Bars(title="few", label="l", names=("x",), values=(1,))

    page = page_of(replace(REPORT, sections=(Section(key="a", title="A", figures=(wide, table, bars)),)))

    regions = [known for name, known in Tags(page).tags if known.get("role") == "region"]
    assert [known["aria-label"] for known in regions] == ["many axes", "facts"]
    assert all(known["tabindex"] == "0" for known in regions)


@pytest.mark.parametrize(("share", "opacity"), [(0.0, "0.040"), (0.5, "0.270"), (1.0, "0.500")])
def test_cells_are_shaded_by_their_share_and_never_too_dark_to_read(share, opacity):
    names = ("yes", "no")
    cells = ((share, 1 - share), (0, 1))
    matrix = Matrix(title="m", rows=names, columns=names, cells=cells, row_label="a", column_label="b")

    page = page_of(replace(REPORT, sections=(Section(key="a", title="A", figures=(matrix,)),)))

    assert re.findall(r'class="hit" fill-opacity="([\d.]+)"', page)[0] == opacity

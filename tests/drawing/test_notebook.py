"""Cards in notebooks: no script, all text escaped, styles that stay within."""

from __future__ import annotations

import re

from automl.core.figures import Axis, Chart, Line, Table
from automl.drawing.notebook import Card, card_of

EVIL = "<script>alert('x')</script>"
CHART = Chart(
    title=EVIL,
    x=Axis(label=EVIL),
    y=Axis(label="score"),
    lines=(Line(name=EVIL, x=(0, 1), y=(0.5, 0.7)), Line(name="best", x=(0, 1), y=(0.5, 0.8), tone=1)),
)
TABLE = Table(title="Leaderboard", columns=("trial", EVIL), rows=((0, EVIL), (None, 0.25)), note=EVIL)


def test_all_text_is_escaped():
    html = card_of(Card(title=EVIL, kind=EVIL, text=EVIL, chart=CHART, table=TABLE))

    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 8
    assert html.count("<svg") == 1


def test_styles_reach_no_other_cell():
    html = card_of(Card(title="a", kind="b"))

    selectors = re.findall(r"(?m)^(\S[^{]*)\{", html.partition("<style>")[2].partition("</style>")[0])
    assert len(selectors) > 10
    assert all(part.strip().startswith(".automl-card") for each in selectors for part in each.split(","))


def test_a_card_may_be_words_alone():
    html = card_of(Card(title="a", kind="b", text="nothing yet"))

    assert "nothing yet" in html
    assert "<svg" not in html
    assert "<table" not in html

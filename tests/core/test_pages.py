"""Pages of plots share one library in their folder, and can be made whole for a place without it."""

from __future__ import annotations

import plotly.graph_objects as go

from automl.core.pages import LIBRARY, whole_page, write_page


def test_pages_share_one_copy_of_the_library_and_stay_small(tmp_path):
    page = go.Figure(go.Scatter(y=[1, 2])).to_html(include_plotlyjs="directory")
    for name in ("one", "two"):
        write_page(tmp_path / "plots" / f"{name}.html", page)

    sizes = {file.name: file.stat().st_size for file in (tmp_path / "plots").iterdir()}
    assert set(sizes) == {"one.html", "two.html", LIBRARY}
    assert sizes["one.html"] < 1e6 < sizes[LIBRARY]


def test_a_whole_page_loads_nothing(tmp_path):
    write_page(tmp_path / "page.html", go.Figure().to_html(include_plotlyjs="directory"))

    whole = whole_page(tmp_path / "page.html")

    assert f'src="{LIBRARY}"' not in whole
    assert (tmp_path / LIBRARY).read_text(encoding="utf-8") in whole


def test_a_page_without_the_library_beside_it_is_left_as_it_is(tmp_path):
    (tmp_path / "page.html").write_text("<p>hello</p>")

    assert whole_page(tmp_path / "page.html") == "<p>hello</p>"

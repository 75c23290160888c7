"""The sample of a delimited file, and the look at all of its rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data.large import text_file, text_look
from automl.data.large.text_file import NotInPartsError
from automl.data.large.text_sample import draw_text
from automl.data.source import Sampling
from tests.data.large.files import frame, written


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(text_file, "BLOCK", 1 << 14)
    monkeypatch.setattr(text_look, "SPOT", 1 << 10)


def draw(path, rows=300, *watched):
    return draw_text(path, Sampling(rows=rows, watched=watched), header=True)


def rows_of(drawn) -> list[str]:
    return drawn.content.tobytes().decode().splitlines()


def test_the_sample_is_of_about_the_size_asked_for_and_its_rows_are_those_of_the_file(tmp_path):
    path = written(frame(), tmp_path / "t.csv")
    lines = path.read_text().splitlines()

    drawn = draw(path)

    assert 220 < len(drawn.rows) < 380
    assert drawn.total == 3000
    assert not drawn.is_whole
    assert rows_of(drawn) == [lines[0], *(lines[1 + row] for row in drawn.rows)]


def test_all_rows_are_drawn_where_there_are_no_more(tmp_path):
    path = written(frame(200), tmp_path / "t.csv")

    drawn = draw(path, 10_000)

    assert drawn.is_whole
    assert drawn.content.tobytes() == path.read_bytes()


def test_the_draw_is_the_same_each_time(tmp_path):
    path = written(frame(), tmp_path / "t.csv")

    assert np.array_equal(draw(path).rows, draw(path).rows)


def test_every_class_is_in_the_sample_however_rare(tmp_path):
    table = frame()
    table.loc[[5, 1500, 2999], "target"] = ["first", "middle", "last"]

    drawn = draw(written(table, tmp_path / "t.csv"), 50, "target")

    assert {5, 1500, 2999} <= {*drawn.rows.tolist()}


def test_cells_that_are_no_numbers_are_counted_in_all_rows(tmp_path):
    table = frame().astype({"count": object})
    table.loc[[1700, 2500, 2501], "count"] = ["many", "few", "none"]

    drawn = draw(written(table, tmp_path / "t.csv"), 20)

    assert {name: count for name, count in drawn.odd.items() if count} == {"count": 2}


def test_a_column_with_odd_cells_everywhere_is_counted_to_the_end(tmp_path):
    table = frame(6000).astype({"count": object})
    between = [750 * spot + row for spot in range(8) for row in (200, 400, 600)]
    table.loc[between, "count"] = "many"

    drawn = draw(written(table, tmp_path / "t.csv"), 20)

    assert drawn.odd["count"] == 24


def test_a_row_of_another_width_is_refused_with_its_line(tmp_path):
    path = written(frame(), tmp_path / "t.csv")
    lines = path.read_text().splitlines()
    lines[2001] += ",more"
    path.write_text("\n".join(lines))

    with pytest.raises(DataError, match=r"line 2002: expected 6 cells"):
        draw(path)


def test_comments_and_blank_rows_are_not_drawn(tmp_path):
    path = written(frame(100), tmp_path / "t.csv")
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:50], "# a comment", "", *lines[50:]]))

    drawn = draw(path, 1000)

    assert rows_of(drawn) == lines
    assert drawn.rows.tolist() == [*range(49), *range(51, 102)]


def test_a_text_that_is_not_utf_8_later_on_is_only_read_at_once(tmp_path):
    path = written(frame(), tmp_path / "t.csv")
    content = path.read_bytes()
    path.write_bytes(content[:-3000] + content[-3000:].replace(b"green", b"gr\xfcn"))

    with pytest.raises(NotInPartsError, match="UTF-8"):
        draw(path)


def test_quantiles_of_the_sample_are_those_of_the_table(tmp_path):
    values = np.random.default_rng(1).lognormal(size=20_000)
    path = written(pd.DataFrame({"x": values, "target": 1}), tmp_path / "t.csv")

    drawn = draw(path, 4000)

    found = np.quantile([float(row.split(",")[0]) for row in rows_of(drawn)[1:]], [0.1, 0.5, 0.9])
    shares = [float((values <= value).mean()) for value in found]
    # 99.9 % of samples are so near (Dvoretzky, Kiefer and Wolfowitz, 1956; Massart, 1990)
    assert np.allclose(shares, [0.1, 0.5, 0.9], atol=np.sqrt(np.log(2000) / 2 / len(drawn.rows)))

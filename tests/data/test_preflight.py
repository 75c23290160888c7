"""The quick look at a header: the same refusals as the reader of tables, without heavy imports."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data.preflight import check_table_header
from automl.data.source import open_source
from automl.data.tables import read_table


def check(path: Path, *target: str, columns: tuple[str, ...] = (), header: bool = True) -> None:
    check_table_header(open_source(path), target=target, columns=columns, header=header)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("age,income,town\n30,10,Bonn\n40,20,Ulm\n")
    return path


def test_known_columns_pass(people: Path) -> None:
    check(people, "income", columns=("town",))
    check(people, "c2", header=False)


def test_an_unknown_target_is_answered_with_the_nearest(people: Path) -> None:
    with pytest.raises(DataError, match=r"people\.csv has no column 'incme'. Did you mean 'income'\?"):
        check(people, "incme")


def test_unknown_other_columns_are_refused(people: Path) -> None:
    with pytest.raises(DataError, match=r"no column 'user'\. Known: age, income, town"):
        check(people, "income", columns=("user",))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        check(tmp_path / "absent.csv", "a")


@pytest.mark.parametrize("content", [b"", b"a,b\n", b"a,a\n1,2\n", b"a\0b"])
def test_it_says_what_the_reader_says(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(DataError) as early:
        check(path)
    with pytest.raises(DataError) as late:
        read_table(open_source(path))
    assert str(early.value) == str(late.value)


def test_names_in_another_encoding_are_left_to_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes("größe,b\n1,2\n".encode("cp1252"))
    check(path, "größe")


def test_other_sources_pass_unread() -> None:
    check_table_header(open_source(pd.DataFrame({"a": [1]})), target=("absent",))


def test_a_long_first_row_is_no_missing_data(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    names = ",".join(f"column_{number}" for number in range(40_000))
    path.write_text(names + "\n" + ",".join(["1"] * 40_000) + "\n")
    check(path)


def test_it_loads_nothing_heavy(people: Path) -> None:
    program = (
        "import sys; from automl.data.source import open_source;"
        "from automl.data.preflight import check_table_header;"
        f"check_table_header(open_source({str(people)!r}), target=('age',));"
        "print(sorted({'numpy', 'pandas', 'keras', 'tensorflow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_it_is_quick_on_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_text("a,b\n" + "1,2\n" * 2_000_000)
    begun = time.process_time()
    check(path, "a")
    assert time.process_time() - begun < 0.1

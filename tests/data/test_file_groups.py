"""Groups of files by the name of a column, or by the files' own names."""

from __future__ import annotations

import pandas as pd
import pytest

from automl.data.file_groups import GroupWords, column_of_groups, groups_by_name

WORDS = GroupWords(one="source", many="sources", columns=frozenset({"source", "video", "camera"}))
REPEATED = ["a", "b", "c", "d"] * 3


@pytest.mark.parametrize("name", ["source", "source_video", "Camera ID", "video-id"])
def test_a_column_that_is_called_so_and_repeats_tells_groups(name: str) -> None:
    frame = pd.DataFrame({"level": REPEATED, name: REPEATED})

    assert column_of_groups(frame, list(frame.columns), WORDS) == name


@pytest.mark.parametrize("name", ["sourceless", "video_length", "id", "level"])
def test_other_names_tell_none(name: str) -> None:
    assert column_of_groups(pd.DataFrame({name: REPEATED}), [name], WORDS) is None


@pytest.mark.parametrize("cells", [list("abcdefghijkl"), ["a"] * 12, [*REPEATED[:-1], ""]])
def test_values_that_do_not_repeat_or_are_missing_tell_none(cells: list[str]) -> None:
    assert column_of_groups(pd.DataFrame({"source": cells}), ["source"], WORDS) is None


@pytest.mark.parametrize(
    "form", ["v_Run_g{0:02d}_c{1:02d}", "cam {0}-clip-{1}", "{0}.part{1}", "shop{0}_Seg_{1}"]
)
def test_names_of_parts_tell_groups(form: str) -> None:
    names = [form.format(group, part) for group in range(5) for part in range(3)]

    found = groups_by_name(names)

    assert found is not None
    assert len(set(found.groups)) == 5
    assert found.groups[:3] == (found.groups[0],) * 3
    assert names[0] in found.example


@pytest.mark.parametrize(
    "names",
    [
        [f"{place:03d}" for place in range(12)],
        [f"clip_{place}" for place in range(12)],
        [f"a{place}_clip_1" for place in range(12)],
        [*(f"a{place % 4}_clip_{place}" for place in range(11)), "other"],
    ],
)
def test_other_names_of_files_tell_none(names: list[str]) -> None:
    assert groups_by_name(names) is None

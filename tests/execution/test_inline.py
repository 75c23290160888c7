from __future__ import annotations

import pytest

from automl.execution.inline import Inline


def test_payloads_run_one_after_the_other_and_the_next_is_drawn_when_the_last_was_taken():
    story: list[str] = []

    def payloads():
        for number in (1, 2):
            story.append(f"drawn {number}")
            yield number

    for payload, result in Inline().run(lambda number: number * 10, payloads()):
        story.append(f"{payload} gave {result}")
    assert story == ["drawn 1", "1 gave 10", "drawn 2", "2 gave 20"]
    assert Inline.slots == 1


def test_an_exception_of_the_work_is_the_callers():
    with pytest.raises(ZeroDivisionError):
        list(Inline().run(lambda number: 1 / number, iter([0])))

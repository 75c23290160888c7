"""What a running search says: pauses are progress, promotions are told, long searches are not noisy."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from automl.cli.live import SHOWN, TALKATIVE, LiveProgress, PlainProgress, trial_line
from automl.core.specs import Objective, TrialRecord
from automl.jobs.progress import Announcement

ACCURACY = Objective(name="accuracy", direction="maximize")


def record(number, state="paused", score=0.9, **facts) -> TrialRecord:
    scores = () if state == "failed" else (score,)
    known = {"epochs": 6, "seconds": 1.5, "configuration": {"family": "mlp", "mlp.depth": 2}, **facts}
    return TrialRecord(number=number, state=state, scores=scores, **known)


def started(progress, earlier=()):
    progress.start(
        Announcement(name="toy", objectives=(ACCURACY,), trials=20, deadline=None, earlier=earlier)
    )
    return progress


def shown(progress) -> str:
    progress.stop()
    console = Console(file=io.StringIO(), width=200)
    console.print(progress.table())
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("trial", "line"),
    [
        (record(3), "trial 3 at epoch 6: val_accuracy 0.9, waits | 1.5 s | mlp depth=2"),
        (record(3, promotions=1), "trial 3 at epoch 6: val_accuracy 0.9, waits | 1.5 s"),
        (record(3, "complete"), "trial 3 finished: val_accuracy 0.9 | 6 epochs | 1.5 s | mlp depth=2"),
        (record(3, "pruned"), "trial 3 pruned: val_accuracy 0.9 | 6 epochs | 1.5 s | mlp depth=2"),
        (
            record(3, "failed", reason="no memory", epochs=0),
            "trial 3 failed: no memory | 0 epochs | 1.5 s | mlp depth=2",
        ),
    ],
)
def test_a_line_says_whether_a_trial_waits_or_has_ended(trial, line):
    assert trial_line(trial, (ACCURACY,)) == line


def test_a_promotion_says_from_where_it_goes_on(capsys):
    progress = started(PlainProgress())
    progress.trial_started(0, {}, 30)
    progress.trial_ended(record(0), record(0))
    progress.trial_started(0, {}, 30)

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert lines[1].endswith("| best val_accuracy 0.9")
    assert lines[2] == "trial 0 goes on from epoch 6 of 30"


def test_a_long_search_tells_failures_and_new_best_trials_only(capsys):
    progress = started(PlainProgress())
    leader = record(0)
    for number in range(TALKATIVE):
        progress.trial_ended(record(number), leader)
    capsys.readouterr()

    progress.trial_started(5, {}, 30)
    progress.trial_ended(record(5, "complete"), leader)
    progress.trial_ended(record(40, "failed", reason="no memory"), leader)
    progress.trial_ended(record(41, score=0.99), record(41, score=0.99))

    told = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in told] == ["trial 40 failed", "trial 41 at epoch 6"]
    assert told[1].endswith("42 of 20 begun, 1 finished, 40 wait, 1 failed")


def test_the_table_counts_how_trials_stand():
    progress = started(LiveProgress())
    for number, state in enumerate(("complete", "paused", "paused", "failed")):
        progress.trial_started(number, {}, 30)
        progress.trial_ended(record(number, state), record(0))
    progress.trial_started(1, {}, 30)

    text = shown(progress)
    assert "4 of 20 begun, 1 finished, 2 wait, 1 failed" in text
    assert "val_accuracy 0.9 (trial 0, 6 epochs)" in text
    assert "trial 1 goes on from epoch 6 of 30" in text


def test_the_table_has_one_line_per_trial_and_few_of_them():
    progress = started(LiveProgress())
    for number in range(SHOWN + 3):
        progress.trial_ended(record(number), None)
    progress.trial_ended(record(5, "complete"), None)

    text = shown(progress)
    assert text.count("waits") == SHOWN - 1
    assert text.count("trial 5 ") == 1


def test_a_resumed_search_counts_the_trials_of_earlier_sessions():
    progress = started(LiveProgress(), earlier=[record(0), record(1, "complete")])
    progress.trial_started(0, {}, 30)

    assert "2 of 20 begun, 1 finished, 1 wait" in shown(progress)


def test_plain_lines_of_a_resumed_search_begin_with_how_it_stands(capsys):
    started(PlainProgress(), earlier=[record(0), record(1, "complete")])

    assert capsys.readouterr().err.strip().endswith("20 trials; so far 2 begun, 1 finished, 1 wait")

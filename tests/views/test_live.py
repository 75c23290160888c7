"""What a running search says: pauses are progress, promotions are told, long searches are not noisy."""

from __future__ import annotations

import io
import sys
import time
from types import SimpleNamespace

import pytest
from rich.console import Console

from automl.core.errors import ConfigError
from automl.core.phases import Phase
from automl.core.specs import Objective, TrialRecord
from automl.jobs.progress import Announcement
from automl.views.choice import watching
from automl.views.lines import phase_line, trial_line
from automl.views.live import SHOWN, LiveProgress
from automl.views.plain import PATIENCE, SILENCE, TALKATIVE, PlainProgress
from automl.views.screens import NotebookScreen, TerminalScreen

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
    console = Console(file=io.StringIO(), width=200)
    console.print(progress.view())
    return console.file.getvalue()


def live(**facts) -> LiveProgress:
    return started(LiveProgress(screen=TerminalScreen(Console(file=io.StringIO(), width=200))), **facts)


def test_the_view_leaves_its_last_line_to_what_the_terminal_echoes():
    progress = live(earlier=(record(1),))

    assert shown(progress).endswith("\n\n")
    progress.stop()
    assert shown(progress) == "\n"


@pytest.mark.parametrize(
    ("trial", "line"),
    [
        (record(3), "trial 3 at epoch 6: val_accuracy 0.9, waiting | 1.5 s | mlp depth=2"),
        (record(3, promotions=1), "trial 3 at epoch 6: val_accuracy 0.9, waiting | 1.5 s"),
        (record(3, "complete"), "trial 3 finished: val_accuracy 0.9 | 6 epochs | 1.5 s | mlp depth=2"),
        (record(3, "pruned"), "trial 3 pruned: val_accuracy 0.9 | 6 epochs | 1.5 s | mlp depth=2"),
        (
            record(3, "pruned", reason="too slow: it would have taken longer than 14 s"),
            "trial 3 pruned: val_accuracy 0.9 | 6 epochs | 1.5 s | mlp depth=2 | too slow: it would have "
            "taken longer than 14 s",
        ),
        (
            record(3, "complete", reason="deadline"),
            "trial 3 finished: val_accuracy 0.9 | 6 epochs | 1.5 s | mlp depth=2 | cut short by the end of "
            "the time",
        ),
        (
            record(3, "failed", reason="no memory", epochs=0),
            "trial 3 failed: no memory | 0 epochs | 1.5 s | mlp depth=2",
        ),
    ],
)
def test_a_line_says_whether_a_trial_waits_or_has_ended(trial, line):
    assert trial_line(trial, (ACCURACY,)) == line


def test_a_promotion_says_from_where_it_goes_on_and_words_are_explained_once(capsys):
    progress = started(PlainProgress())
    for number in (0, 1):
        progress.trial_started(number, {}, 30)
        progress.trial_ended(record(number), record(0))
    progress.trial_started(0, {}, 30)

    lines = [line[7:] for line in capsys.readouterr().err.splitlines()]
    assert lines[0] == "Searching for the best val_accuracy (higher is better): 20 trials"
    assert lines[1].endswith("| best so far")
    assert lines[2].startswith("  (A waiting trial has been trained for a few epochs")
    assert lines[4:] == ["trial 0 continues from epoch 6 of 30"]


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

    told = [line[7:] for line in capsys.readouterr().err.splitlines()]
    assert [line.split(":")[0] for line in told] == ["trial 40 failed", "trial 41 at epoch 6"]
    assert told[1].endswith("42 of 20 trials started, 1 finished, 40 waiting, 1 failed")


def test_a_line_has_the_time_since_the_begin_and_further_lines_stand_below_it(capsys):
    PlainProgress(started=time.monotonic() - 65).note("Read it:\n  all of it")

    assert capsys.readouterr().err.splitlines() == [" 1:05  Read it:", "         all of it"]


def test_a_phase_is_told_when_it_takes_longer_and_again_later():
    progress, phase = PlainProgress(), Phase("decoding pictures", 120, unit="pictures")
    phase.done = 40
    progress._phase = phase

    assert progress._overdue(phase.began + PATIENCE / 2) == ""
    assert progress._overdue(phase.began + PATIENCE).startswith("Decoding pictures: 40 of 120 pictures")
    assert progress._overdue(progress._last + 5) == ""
    assert progress._overdue(progress._last + 10).startswith("Decoding pictures")


def test_silence_during_the_trials_ends_with_how_the_running_ones_stand():
    progress = started(PlainProgress())
    progress.trial_started(3, {}, 30)
    progress.trial_started(4, {}, 30)
    progress.epoch(3, 7, {"val_accuracy": 0.75})

    assert progress._overdue(progress._last + SILENCE / 2) == ""
    assert progress._overdue(progress._last + SILENCE) == (
        "trial 3: epoch 7 of 30, val_accuracy 0.75; trial 4: building and compiling (0:00) | best none yet"
    )


def test_the_view_says_how_far_a_phase_is():
    progress = LiveProgress(screen=TerminalScreen(Console(file=io.StringIO(), width=200)))
    phase = Phase("exporting the model")
    progress.phase(phase)

    assert "Exporting the model" in shown(progress)
    assert phase_line(Phase("reading", 3)) == "Reading: 0 of 3"
    progress.close()


def test_the_view_counts_how_trials_stand_and_names_the_leaders():
    progress = live()
    for number, state in enumerate(("complete", "paused", "paused", "failed")):
        progress.trial_started(number, {}, 30)
        progress.trial_ended(record(number, state, 0.9 - number / 10), record(0))
    progress.trial_started(1, {}, 30)

    text = shown(progress)
    assert "4 of 20 trials started, 1 finished, 2 waiting, 1 failed" in text
    assert "val_accuracy 0.9 (trial 0, 6 epochs)" in text
    assert "epoch 6 of 30  continuing" in text
    assert [line.split()[:2] for line in text.rstrip().splitlines()[-3:]] == [
        ["0", "0.9"],
        ["1", "0.8"],
        ["2", "0.7"],
    ]
    progress.close()


def test_no_trial_that_is_shown_is_better_than_the_best():
    progress = live()
    for number in range(SHOWN + 3):
        progress.trial_ended(record(number, ("complete", "paused")[number % 2], number / 10), None)

    leaders = progress._standings.leaders(ACCURACY, SHOWN)
    assert [trial.number for trial in leaders] == [7, 6, 5, 4, 3]
    progress.close()


def test_a_resumed_search_counts_the_trials_of_earlier_sessions():
    progress = live(earlier=[record(0), record(1, "complete")])
    progress.trial_started(0, {}, 30)

    assert "2 of 20 trials started, 1 finished, 1 waiting" in shown(progress)
    progress.close()


def test_plain_lines_of_a_resumed_search_begin_with_how_it_stands(capsys):
    started(PlainProgress(), earlier=[record(0), record(1, "complete")])

    assert (
        capsys.readouterr()
        .err.strip()
        .endswith("20 trials; so far 2 trials started, 1 finished, 1 waiting")
    )


@pytest.mark.parametrize("verbose", [-1, 2, "loud"])
def test_another_verbosity_is_refused(verbose):
    with pytest.raises(ConfigError, match="expected 0"), watching(verbose):
        pass


def test_a_view_without_the_methods_of_one_is_refused_at_once():
    with pytest.raises(ConfigError, match=r"got bool without start, note, .*verbose=1"), watching(1, True):
        pass


def test_verbosity_0_says_nothing(capsys):
    with watching(0) as progress:
        progress.note("hello")

    assert capsys.readouterr().err == ""


class Output:
    """An output of a cell, which keeps what it was last told."""

    def __init__(self) -> None:
        self.bundle: dict[str, str] = {}

    def update(self, bundle, raw) -> None:
        self.bundle = bundle


def test_in_a_notebook_notes_stay_escaped_and_the_view_goes(monkeypatch):
    output = Output()
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=lambda *_, **__: output))
    progress = started(LiveProgress(screen=NotebookScreen()))
    progress.note("Column <b>[red]x[/red]</b> was dropped.")
    progress.trial_started(3, {}, 30)
    progress.note("one more")

    assert "trial 3" in output.bundle["text/html"]
    progress.trial_ended(record(3), record(3))
    progress.stop()
    progress.close()

    html = output.bundle["text/html"]
    assert html.index("Column &lt;b&gt;[red]x[/red]") < html.index("one more") < html.index("mlp depth=2")
    assert "building" not in html
    assert "<script" not in html
    assert "one more" in output.bundle["text/plain"]

"""Who goes on: by rank, and towards the end of the budget by what can still be finished."""

from __future__ import annotations

import pytest

from automl.core.specs import Objective, Rung, TrialRecord
from automl.study.promotion.promoter import FINALISTS, Promoter, next_pause
from automl.study.promotion.stopping import REPEATED_FROM
from automl.study.proposer import UNLIMITED, Horizon

ACCURACY = Objective(name="accuracy", direction="maximize")
LEVELS = {"short": (2, 8), "long": (2, 6, 20)}


def promoter_of(records, **options):
    return Promoter(
        objectives=(ACCURACY,),
        levels=lambda configuration: LEVELS[configuration.get("family", "long")],
        records=records,
        **options,
    )


def next_of(records, horizon=UNLIMITED, running=()):
    return promoter_of(records).next(horizon, running)


def trial(number, *scores, state="paused", family="long", seconds=0.0, **facts):
    """A trial that has reached a rung for each score."""
    rungs = tuple(
        Rung(epochs=epochs, scores=(score,)) for epochs, score in zip(LEVELS[family], scores, strict=False)
    )
    return TrialRecord(
        number=number,
        configuration={"family": family},
        state=state,
        scores=rungs[-1].scores if rungs else (),
        epochs=rungs[-1].epochs if rungs else 0,
        seconds=seconds,
        rungs=rungs,
        **facts,
    )


def test_the_best_of_three_goes_on_to_its_next_rung():
    found = next_of([trial(0, 0.1), trial(1, 0.9), trial(2, 0.5)], UNLIMITED)

    assert (found.record.number, found.until) == (1, 6)


def test_with_fewer_a_new_trial_begins():
    assert next_of([], UNLIMITED) is None
    assert next_of([trial(0, 0.1), trial(1, 0.9)], UNLIMITED) is None


def test_the_last_rung_is_the_full_length():
    records = [trial(0, 0.1, 0.2), trial(1, 0.9, 0.9), trial(2, 0.5, 0.6)]

    found = next_of(records, UNLIMITED)

    assert (found.record.number, found.until) == (1, None)


def test_of_a_limited_time_the_first_of_a_portfolio_takes_what_it_needs_at_once():
    first = trial(0, 0.1, seconds=4.0, origin="portfolio")

    found = next_of([first], Horizon(seconds=60.0, total=60.0))

    assert (found.record.number, found.until) == (0, None)


@pytest.mark.parametrize(
    ("first", "horizon", "running"),
    [
        (trial(0, 0.1, seconds=4.0, origin="portfolio"), Horizon(trials=9), []),
        (trial(0, 0.1, seconds=4.0, origin="portfolio"), Horizon(seconds=35.0, total=60.0), []),
        (trial(0, 0.1, seconds=4.0, origin="random"), Horizon(seconds=60.0, total=60.0), []),
        (trial(0, 0.1, seconds=4.0, origin="portfolio"), Horizon(seconds=60.0, total=60.0), [0]),
        (
            trial(0, 0.1, 0.2, 0.3, seconds=4.0, state="complete", origin="portfolio"),
            Horizon(seconds=60.0),
            [],
        ),
    ],
    ids=["no limit", "too long", "nobody's choice", "in training", "finished"],
)
def test_else_the_first_trial_waits_like_all_others(first, horizon, running):
    assert next_of([first], horizon, running) is None


@pytest.mark.parametrize(
    ("seconds", "compiling", "goes_on"), [(10.0, 8.0, True), (10.0, 1.0, False), (10.0, 0.0, False)]
)
def test_of_a_limited_time_a_trial_goes_on_where_beginning_another_would_take_longer(
    seconds, compiling, goes_on
):
    records = [
        trial(0, 0.9, seconds=40.0),
        trial(1, 0.1, seconds=seconds, effort={"compile_seconds": compiling}),
    ]

    found = next_of(records, Horizon(seconds=50.0, total=60.0))

    assert (found is not None and (found.record.number, found.until) == (1, 6)) == goes_on
    assert next_of(records, UNLIMITED) is None


@pytest.mark.parametrize(
    ("left", "running", "goes_on"), [(100.0, [], True), (100.0, [1], False), (70.0, [], False)]
)
def test_of_a_limited_time_the_best_of_a_rung_goes_on_where_that_takes_little(left, running, goes_on):
    records = [trial(0, 0.1, seconds=0.2), trial(1, 0.9, seconds=2.0)]

    found = next_of(records, Horizon(seconds=left, total=200.0), running)

    assert (found is not None and (found.record.number, found.until) == (1, 6)) == goes_on


def test_those_that_went_on_for_free_take_nobodys_place():
    compiled = {"seconds": 10.0, "effort": {"compile_seconds": 9.0}}
    records = [
        *(trial(number, 0.1, 0.2, state="pruned", **compiled) for number in range(3)),
        trial(3, 0.9, seconds=20.0),
    ]

    found = next_of(records, Horizon(seconds=150.0, total=200.0))

    assert (found.record.number, found.until) == (3, 6)


def test_who_is_in_training_again_is_not_promoted_twice():
    records = [trial(0, 0.1), trial(1, 0.9), trial(2, 0.5)]

    assert next_of(records, UNLIMITED, running=[1]) is None


def test_a_violated_limit_stands_behind_every_score():
    records = [trial(0, 0.1), trial(1, 0.9, constraints=(0.3,)), trial(2, 0.5, constraints=(-1.0,))]

    assert next_of(records, UNLIMITED).record.number == 2


def test_a_failed_trial_counts_among_those_of_the_first_rung():
    two, lost = [trial(0, 0.1), trial(1, 0.9)], trial(2, state="failed")

    assert next_of([*two, lost], UNLIMITED).record.number == 1
    assert promoter_of([*two, lost]).ranks == [[1, 0, 2]]


def test_families_of_different_lengths_meet_at_the_rung_of_the_same_index():
    records = [
        trial(0, 0.9, 0.9, state="complete", family="short"),
        trial(1, 0.8, 0.7),
        trial(2, 0.1),
        trial(3, 0.2, family="short"),
    ]

    assert promoter_of(records).ranks == [[0, 1, 3, 2], [0, 1]]
    assert promoter_of(records).pause_of(records[2]) == 6
    assert promoter_of(records).pause_of(records[3]) is None


def twelve(*second):
    """Trials, the first the best at the first rung; those of them that went on have these scores."""
    scores = [[1 - number / 20] for number in range(12)]
    for reached, score in zip(scores, second, strict=False):
        reached.append(score)
    return [trial(number, *reached) for number, reached in enumerate(scores)]


STILL, CHANGED = twelve(0.99, 0.98, 0.97), twelve(0.97, 0.98, 0.99)
MORE = [trial(number, 0.0) for number in range(12, REPEATED_FROM)]


@pytest.mark.parametrize(
    ("records", "horizon", "rungs"),
    [
        pytest.param(STILL, UNLIMITED, 1, id="the best are the same as before"),
        pytest.param(CHANGED, UNLIMITED, 2, id="others became the best"),
        pytest.param(STILL, Horizon(trials=0), 2, id="no more begin"),
        pytest.param(STILL, Horizon(open=True), 1, id="noise is not asked for yet"),
        pytest.param(STILL + MORE, Horizon(open=True), 2, id="noise is asked for"),
    ],
)
def test_with_a_highest_rung_that_grows_trials_go_on_beyond_it_where_the_best_changed(
    records, horizon, rungs
):
    found = promoter_of(records, growing=True).next(horizon)

    assert len(found.record.rungs) == rungs
    assert len(next_of(records, horizon).record.rungs) == 2


def test_without_new_trials_the_finalists_of_a_rung_go_on():
    records = [trial(number, number / 10) for number in range(5)]
    went_on = []
    while (found := next_of(records, Horizon(trials=0))) is not None:
        number, reached = found.record.number, len(found.record.rungs)
        state = "complete" if reached == 2 else "paused"
        records[number] = trial(number, *[number / 10] * (reached + 1), state=state)
        went_on.append(number)

    assert len(set(went_on)) == FINALISTS
    assert went_on == [4, 4, 3, 3, 2, 2]


@pytest.mark.parametrize(("seconds", "until"), [(23.0, None), (24.0, "not yet"), (None, "not yet")])
def test_the_best_is_finished_when_the_time_is_just_enough(seconds, until):
    waiting = [trial(0, 0.5, seconds=2.0), trial(1, 0.9, seconds=2.0)]

    found = next_of(waiting, Horizon(seconds=seconds))

    if until == "not yet":
        assert found is None
    else:
        assert (found.record.number, found.until) == (1, None)


@pytest.mark.parametrize(("seconds", "finishes"), [(51.0, False), (49.0, True)])
def test_nothing_is_finished_before_half_of_the_time_was_searched(seconds, finishes):
    slow = [trial(0, 0.5, seconds=20.0), trial(1, 0.9, seconds=20.0)]

    found = next_of(slow, Horizon(seconds=seconds, total=100.0))

    assert (found is not None) is finishes


@pytest.mark.parametrize(("trials", "found"), [(0, (0, None)), (5, None)])
def test_without_new_trials_the_best_goes_on_though_it_would_not_see_its_next_rung(trials, found):
    horizon = Horizon(trials=trials, seconds=35.0, total=60.0)  # its next rung would take 40 s

    promotion = next_of([trial(0, 0.1, seconds=20.0)], horizon)

    assert (promotion and (promotion.record.number, promotion.until)) == found


def test_no_trial_is_promoted_that_would_not_see_its_next_rung():
    waiting = [trial(number, number / 10, seconds=10.0) for number in range(3)]

    assert next_of(waiting, Horizon(seconds=21.0, total=30.0)).until == 6
    assert next_of(waiting, Horizon(seconds=19.0, total=30.0)) is None


def test_a_new_trial_fits_when_the_quickest_one_saw_its_first_rung_in_that_time():
    seen = [trial(0, 0.5, seconds=8.0), trial(1, 0.5, 0.6, seconds=18.0)]

    assert promoter_of(seen).fits(Horizon(seconds=7.0))
    assert not promoter_of(seen).fits(Horizon(seconds=5.0))
    assert promoter_of(seen).fits(UNLIMITED)
    assert promoter_of([]).fits(Horizon(seconds=0.1))


def test_a_trial_that_went_on_stands_where_it_is_now():
    promoter = promoter_of([trial(0, 0.1), trial(1, 0.9), trial(2, 0.5)])

    promoter.put(trial(1, 0.9, 0.3, state="complete"))

    assert promoter.ranks == [[1, 2, 0], [1]]
    assert promoter.next(UNLIMITED) is None


def test_promotions_in_training_count_for_their_rung():
    records = [trial(number, number / 10) for number in range(6)]

    assert next_of(records, running=[5]).record.number == 4
    assert next_of(records, running=[5, 0, 1]) is None


def test_of_those_that_wait_the_one_of_the_highest_rung_is_finished():
    waiting = [trial(0, 0.9, seconds=2.0), trial(1, 0.5, 0.6, seconds=6.0)]

    assert next_of(waiting, Horizon(seconds=15.0)).record.number == 1


@pytest.mark.parametrize(("epochs", "until"), [(0, 2), (2, 6), (3, 6), (6, None), (20, None)])
def test_the_next_pause_is_the_first_rung_above(epochs, until):
    assert next_pause((2, 6, 20), epochs) == until


def test_without_rungs_nobody_pauses():
    assert next_pause((), 0) is None

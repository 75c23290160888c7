"""What every proposer keeps to; a new one adds itself to ``MAKERS``."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import pytest

from automl.core.errors import ConfigError
from automl.core.specs import Objective, Rung, TrialRecord
from automl.spaces.space import join
from automl.study.memory import RandomProposer
from automl.study.promotion.rungs import ladder
from automl.study.proposals.samplers import SAMPLERS
from automl.study.proposer import Horizon
from tests.spaces.samples import sample_space

ACCURACY = Objective(name="accuracy", direction="maximize")
SIZE = Objective(name="parameters", direction="minimize")
SPACE = join({"mlp": sample_space(), "other": sample_space()})


def memory(folder, *, objectives=(ACCURACY,), pruner="median", **options):
    levels = ladder(SPACE.epochs) if pruner == "rungs" else ()
    return RandomProposer(space=SPACE, objectives=objectives, levels=levels, **options)


def optuna_study(sampler):
    def make(folder, *, objectives=(ACCURACY,), pruner="median", **options):
        from automl.study.opening import open_proposer

        return open_proposer(
            folder=folder,
            name="job",
            space=SPACE,
            objectives=objectives,
            sampler=sampler,
            pruner=pruner,
            **options,
        )

    return make


TORCH = importlib.util.find_spec("torch") is not None
MAKERS = {"memory": memory, **{name: optuna_study(name) for name in SAMPLERS if TORCH or name != "gp"}}


OWN_ORIGINS = {"memory": {"random"}, "rungs": {"random", "neighbour", "model"}}


@pytest.fixture(params=MAKERS)
def make(request, tmp_path):
    """A function that makes the proposer, each time with a study of its own."""
    made = iter(range(100))
    return lambda **options: MAKERS[request.param](tmp_path / str(next(made)), **options)


def score(configuration) -> float:
    _, parameters = SPACE.split(configuration)
    return 1.0 - abs(parameters["dropout"] - 0.3) - abs(parameters["depth"] - 3) / 10


def finished(proposal, **facts) -> TrialRecord:
    record = TrialRecord(
        number=proposal.number,
        configuration=proposal.configuration,
        state="complete",
        scores=(score(proposal.configuration),),
        metrics={"accuracy": score(proposal.configuration), "log_loss": 0.5},
        epochs=7,
        best_epoch=5,
        seconds=1.25,
        seed=3,
        run_id="run",
        spread=0.01,
    )
    return replace(record, **facts)


def search(proposer, trials, **facts):
    proposals = []
    for _ in range(trials):
        proposals.append(proposer.ask())
        proposer.tell(finished(proposals[-1], **facts), {})
    return proposals


def test_proposals_are_numbered_points_of_the_space(make):
    proposals = search(make(), 12)
    assert [proposal.number for proposal in proposals] == list(range(12))
    for proposal in proposals:
        SPACE.validate(proposal.configuration)


def test_the_portfolio_comes_first_in_its_order_and_can_be_left_out(make, request):
    proposals = search(make(), 5)
    if "grid" in request.node.name:
        assert {proposal.origin for proposal in proposals} == {"sampler"}
        return
    assert [proposal.configuration for proposal in proposals[:4]] == SPACE.starts()
    own = OWN_ORIGINS.get(request.node.callspec.params["make"], {"sampler"})
    assert [proposal.origin for proposal in proposals[:4]] == ["portfolio"] * 4
    assert proposals[4].origin in own
    assert make(use_portfolio=False).ask().origin in own


def test_the_same_seed_gives_the_same_proposals_and_another_seed_others(make):
    one, same, other = (search(make(seed=seed), 12)[-1].configuration for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_records_come_back_as_told_by_number(make):
    proposer = make()
    first, second, third = (proposer.ask() for _ in range(3))
    told = [
        finished(first, state="failed", scores=(), metrics={}, reason="the loss is NaN", spread=None),
        finished(second, state="pruned", reason="below the median"),
        finished(third),
    ]
    for record in (told[2], told[0], told[1]):
        proposer.tell(record, {"note": "kept"})
    assert proposer.records() == told


def test_a_score_that_is_not_finite_is_a_failure_with_its_reason(make):
    proposer = make()
    proposer.tell(finished(proposer.ask(), scores=(float("nan"),)), {})
    (record,) = proposer.records()
    assert (record.state, record.scores) == ("failed", ())
    assert "nan" in record.reason
    assert proposer.front() == []


def test_the_front_of_one_objective_is_the_best_complete_trial(make):
    proposer = make()
    proposals = search(proposer, 5)
    proposer.tell(finished(proposer.ask(), state="pruned", scores=(9.0,)), {})
    best = max(proposals, key=lambda proposal: score(proposal.configuration))
    assert [record.number for record in proposer.front()] == [best.number]


def test_a_trial_that_was_not_asked_for_or_was_told_cannot_be_told(make):
    proposer = make()
    proposal = proposer.ask()
    proposer.tell(finished(proposal), {})
    for number in (proposal.number, 7, -1):
        with pytest.raises(ConfigError, match=f"trial {number} is not running"):
            proposer.tell(finished(proposal, number=number), {})


def test_scores_must_match_the_objectives(make):
    proposer = make()
    with pytest.raises(ConfigError, match="2 scores; the study has 1"):
        proposer.tell(finished(proposer.ask(), scores=(1.0, 2.0)), {})


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "cmaes"])
def test_several_objectives_have_a_pareto_front_and_no_pruning(name, tmp_path):
    proposer = MAKERS[name](tmp_path, objectives=(ACCURACY, SIZE))
    for scores in [(0.9, 50.0), (0.8, 60.0), (0.7, 10.0)]:
        proposal = proposer.ask()
        assert not any(proposer.report(proposal.number, epoch, 0.0) for epoch in range(1, 20))
        proposer.tell(finished(proposal, scores=scores), {})
    assert [record.scores for record in proposer.front()] == [(0.9, 50.0), (0.7, 10.0)]


def at_rung(proposal, value=None, **facts) -> TrialRecord:
    """How a trial stands at the rung up to which it was proposed, or at its end."""
    epochs = proposal.until or proposal.levels[-1]
    value = score(proposal.configuration) if value is None else value
    levels = [level for level in proposal.levels if level <= epochs]
    known = {
        "state": "complete" if proposal.until is None else "paused",
        "scores": (value,),
        "epochs": epochs,
        "origin": proposal.origin,
        "rungs": tuple(Rung(epochs=level, scores=(value,)) for level in levels),
    }
    return finished(proposal, **{**known, **facts})


def paused(proposer, values):
    """Begin a trial for each value and pause it at its first rung."""
    proposals = [proposer.ask() for _ in values]
    for proposal, value in zip(proposals, values, strict=True):
        proposer.pause(at_rung(proposal, value))


def test_trials_begin_with_their_rungs_and_pause_at_the_first(make):
    proposal = make(pruner="rungs").ask()
    assert (proposal.levels, proposal.until, proposal.paused) == ((2, 6, 20), 2, None)


def test_a_trial_that_waits_has_a_record_but_cannot_win(make):
    proposer = make(pruner="rungs")
    paused(proposer, [0.9])
    (record,) = proposer.records()
    assert (record.state, record.scores, record.rungs) == (
        "paused",
        (0.9,),
        (Rung(epochs=2, scores=(0.9,)),),
    )
    assert proposer.front() == []


def test_the_best_of_three_goes_on_under_its_own_number(make):
    proposer = make(pruner="rungs")
    paused(proposer, [0.1, 0.9, 0.5])
    promoted = proposer.ask()
    assert (promoted.number, promoted.until, promoted.paused.epochs) == (1, 6, 2)
    assert promoted.configuration == promoted.paused.configuration
    assert proposer.ask().number == 3


def test_a_promoted_trial_is_told_at_its_end_and_wins(make):
    proposer = make(pruner="rungs")
    paused(proposer, [0.1, 0.9, 0.5])
    waits = proposer.ask(Horizon(trials=0))
    proposer.pause(at_rung(waits, 0.95))
    end = proposer.ask(Horizon(trials=0))
    proposer.tell(at_rung(end, 0.97), {})
    assert (end.number, end.until) == (1, None)
    assert [(record.number, record.scores) for record in proposer.front()] == [(1, (0.97,))]


def test_without_new_trials_the_finalists_are_finished_and_then_nothing_is_left(make):
    proposer = make(pruner="rungs")
    paused(proposer, [0.1, 0.5, 0.9, 0.3])
    ended = []
    while (proposal := proposer.ask(Horizon(trials=0))) is not None:
        record = at_rung(proposal, proposal.paused.scores[0])
        if record.state == "paused":
            proposer.pause(record)
        else:
            proposer.tell(record, {})
            ended.append(record.number)
    assert ended == [2, 1, 3]


def test_a_promoted_trial_that_is_in_training_is_not_promoted_again(make):
    proposer = make(pruner="rungs")
    paused(proposer, [0.5] * 3)
    asked = [proposer.ask(Horizon(trials=0)) for _ in range(4)]
    assert sorted(item.number for item in asked if item is not None) == [0, 1, 2]


def test_closing_ends_who_waits_as_pruned_with_the_reason(make):
    proposer = make(pruner="rungs")
    paused(proposer, [0.1, 0.9])
    ended = proposer.close()
    assert list(proposer.records()) == list(ended)
    assert {(record.state, record.reason) for record in ended} == {
        ("pruned", "not promoted beyond epoch 2")
    }
    assert proposer.close() == []


def test_only_a_running_trial_can_pause(make):
    proposer = make(pruner="rungs")
    proposal = proposer.ask()
    proposer.pause(at_rung(proposal))
    with pytest.raises(ConfigError, match="trial 0 is not running"):
        proposer.pause(at_rung(proposal))


def test_a_trial_that_has_ended_is_told_and_not_paused(make):
    proposer = make(pruner="rungs")
    proposal = proposer.ask()
    with pytest.raises(ConfigError, match="still paused"):
        proposer.tell(at_rung(proposal), {})


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "cmaes"])
def test_several_objectives_promote_the_front_of_a_rung(name, tmp_path):
    proposer = MAKERS[name](tmp_path, objectives=(ACCURACY, SIZE), pruner="rungs")
    for scores in [(0.8, 60.0), (0.9, 50.0), (0.85, 55.0)]:
        proposal = proposer.ask()
        rungs = (Rung(epochs=2, scores=scores),)
        proposer.pause(at_rung(proposal, scores=scores, rungs=rungs))
    assert proposer.ask().number == 1


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "memory"])
def test_a_study_opened_anew_knows_who_waits_and_goes_on_the_same(name, tmp_path):
    whole = MAKERS[name](tmp_path / "whole", pruner="rungs")
    halves = MAKERS[name](tmp_path / "halves", pruner="rungs")
    for proposer in (whole, halves):
        paused(proposer, [0.1, 0.9, 0.5])
    again = MAKERS[name](tmp_path / "halves", pruner="rungs")
    assert again.records() == whole.records()
    for proposer in (whole, again):
        proposer.pause(at_rung(proposer.ask(), 0.95))
        paused(proposer, [0.2])
    assert again.records() == whole.records()
    assert again.close() == whole.close()


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "memory"])
def test_a_promotion_that_was_cut_short_is_made_again(name, tmp_path):
    killed = MAKERS[name](tmp_path, pruner="rungs")
    paused(killed, [0.1, 0.9, 0.5])
    lost = killed.ask()
    assert MAKERS[name](tmp_path, pruner="rungs").ask() == lost

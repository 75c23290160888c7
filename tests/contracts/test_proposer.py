"""What every proposer keeps to; a new one adds itself to ``MAKERS``."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import pytest

from automl.core.errors import ConfigError
from automl.core.specs import Objective, TrialRecord
from automl.spaces.space import join
from automl.study.memory import RandomProposer
from automl.study.samplers import SAMPLERS
from tests.spaces.samples import sample_space

ACCURACY = Objective(name="accuracy", direction="maximize")
SIZE = Objective(name="parameters", direction="minimize")
SPACE = join({"mlp": sample_space(), "other": sample_space()})


def memory(folder, *, objectives=(ACCURACY,), seed=0, use_portfolio=True):
    return RandomProposer(space=SPACE, objectives=objectives, seed=seed, use_portfolio=use_portfolio)


def optuna_study(sampler):
    def make(folder, *, objectives=(ACCURACY,), seed=0, use_portfolio=True):
        from automl.study.optuna_study import open_proposer

        return open_proposer(
            folder=folder,
            name="job",
            space=SPACE,
            objectives=objectives,
            sampler=sampler,
            pruner="median",
            seed=seed,
            storage=None,
            use_portfolio=use_portfolio,
        )

    return make


TORCH = importlib.util.find_spec("torch") is not None
MAKERS = {"memory": memory, **{name: optuna_study(name) for name in SAMPLERS if TORCH or name != "gp"}}


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
    assert [proposal.origin for proposal in proposals] == ["portfolio"] * 4 + ["sampler"]
    assert make(use_portfolio=False).ask().origin == "sampler"


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

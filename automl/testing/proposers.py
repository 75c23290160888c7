"""What every proposer promises, for the one who writes a proposer.

class TestMine(ProposerContract):
@pytest.fixture
def opened(self):
return lambda folder, **options: ...  # a proposer whose study lives in the folder
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import pytest

from automl.core.errors import ConfigError
from automl.core.specs import Configuration, Objective, Rung, TrialRecord
from automl.spaces.parsing import parse_space
from automl.spaces.space import join
from automl.study.proposer import Horizon, Proposal, Proposer

ACCURACY = Objective(name="accuracy", direction="maximize")
SIZE = Objective(name="parameters", direction="minimize")

_TEXT = """\
name: tabular/mlp
epochs: 20
parameters:
  width: {type: integer, low: 16, high: 256, log: true, default: 64}
  depth: {type: integer, low: 1, high: 4, default: 2}
  dropout: {type: float, low: 0.0, high: 0.5, step: 0.1, default: 0.2}
  optimizer: {type: choice, values: [adamw, sgd, null], default: adamw}
  momentum: {type: float, low: 0.5, high: 0.99, default: 0.9, when: {optimizer: sgd}}
  tail: {type: float, low: 0, high: 1, when: {depth: {low: 2, high: 4}}}
  activation: {type: constant, value: relu}
portfolio:
  - {width: 128, depth: 3}
  - {depth: 1, optimizer: sgd, momentum: 0.6}
"""

SPACE = join({name: parse_space(_TEXT, source="mlp.yaml", name="mlp") for name in ("mlp", "other")})
"""What is searched: two families, conditions, and a portfolio of four."""

Opened: TypeAlias = Callable[..., Proposer]


class ProposerContract:
    """Subclass it and give the fixture ``opened``.

    Attributes:
        origins: of proposals that are neither of the portfolio nor promoted.
        starts: whether the portfolio comes first.
        fronts: whether it takes several objectives.
        lasts: whether a study can be opened again.
        conditions: whether it can propose what has given values.
    """

    origins: ClassVar[Collection[str]] = ("sampler",)
    starts: ClassVar[bool] = True
    fronts: ClassVar[bool] = True
    lasts: ClassVar[bool] = True
    conditions: ClassVar[bool] = False

    @pytest.fixture
    def opened(self) -> Opened:
        """Opens the study of a folder.

        Called with the folder and ``objectives``, ``pruner`` (``median`` or ``rungs``), ``seed`` and
        ``use_portfolio``; the space is ``SPACE``.
        """
        raise NotImplementedError("give the fixture `opened`")

    @pytest.fixture
    def make(self, opened: Opened, tmp_path: Path) -> Opened:
        """Makes a proposer, each time with a study of its own."""
        numbers = count()

        def made(**options: Any) -> Proposer:
            known = {"objectives": (ACCURACY,), "pruner": "median", "seed": 0, "use_portfolio": True}
            return opened(tmp_path / str(next(numbers)), **{**known, **options})

        return made

    @pytest.fixture
    def several(self, make: Opened) -> Opened:
        """The same with two objectives."""
        if not self.fronts:
            pytest.skip("it takes one objective")
        return lambda **options: make(objectives=(ACCURACY, SIZE), **options)

    @pytest.fixture
    def again(self, opened: Opened, tmp_path: Path) -> Opened:
        """Opens a named study with rungs, anew each time."""
        if not self.lasts:
            pytest.skip("its study ends with the process")
        known = {"objectives": (ACCURACY,), "pruner": "rungs", "seed": 0, "use_portfolio": True}
        return lambda name: opened(tmp_path / name, **known)

    def test_proposals_are_numbered_points_of_the_space(self, make: Opened) -> None:
        proposals = search(make(), 12)

        assert [proposal.number for proposal in proposals] == list(range(12))
        for proposal in proposals:
            SPACE.validate(proposal.configuration)

    def test_the_portfolio_comes_first_in_its_order_and_can_be_left_out(self, make: Opened) -> None:
        proposals = search(make(), 5)

        if not self.starts:
            assert {proposal.origin for proposal in proposals} <= {*self.origins}
            return
        assert [proposal.configuration for proposal in proposals[:4]] == SPACE.starts()
        assert [proposal.origin for proposal in proposals[:4]] == ["portfolio"] * 4
        assert proposals[4].origin in self.origins
        assert asked(make(use_portfolio=False)).origin in self.origins

    def test_the_same_seed_gives_the_same_proposals_and_another_seed_others(self, make: Opened) -> None:
        one, same, other = (search(make(seed=seed), 12)[-1].configuration for seed in (1, 1, 2))

        assert one == same
        assert one != other

    def test_what_is_asked_like_another_has_its_values_and_counts_as_a_trial(self, make: Opened) -> None:
        proposer = make(use_portfolio=False)
        first = asked(proposer)
        fixed = {name: value for name, value in first.configuration.items() if not isinstance(value, float)}

        found = [proposer.ask_like(fixed) for _ in range(3)]

        alike = [item for item in found if item is not None]
        assert len(alike) == (3 if self.conditions else 0)
        assert [item.number for item in alike] == [*range(1, 1 + len(alike))]
        for item in alike:
            SPACE.validate(item.configuration)
            assert {name: item.configuration[name] for name in fixed} == fixed
            proposer.tell(finished(item), {})
        assert not alike or len({str(item.configuration) for item in alike}) > 1

    def test_nothing_is_asked_like_another_when_no_trial_is_left(self, make: Opened) -> None:
        proposer = make(use_portfolio=False)
        first = asked(proposer)

        assert proposer.ask_like({"family": first.configuration["family"]}, Horizon(trials=0)) is None
        assert proposer.ask_like(first.configuration) is None

    def test_records_come_back_as_told_by_number(self, make: Opened) -> None:
        proposer = make()
        first, second, third = (asked(proposer) for _ in range(3))
        told = [
            finished(first, state="failed", scores=(), metrics={}, reason="the loss is NaN", spread=None),
            finished(second, state="pruned", reason="below the median"),
            finished(third),
        ]

        for record in (told[2], told[0], told[1]):
            proposer.tell(record, {"note": "kept"})

        assert proposer.records() == told

    def test_a_score_that_is_not_finite_is_a_failure_with_its_reason(self, make: Opened) -> None:
        proposer = make()

        proposer.tell(finished(asked(proposer), scores=(float("nan"),)), {})

        (record,) = proposer.records()
        assert (record.state, record.scores) == ("failed", ())
        assert "nan" in record.reason
        assert proposer.front() == []

    def test_the_front_of_one_objective_is_the_best_complete_trial(self, make: Opened) -> None:
        proposer = make()
        proposals = search(proposer, 5)
        proposer.tell(finished(asked(proposer), state="pruned", scores=(9.0,)), {})

        best = max(proposals, key=lambda proposal: score(proposal.configuration))

        assert [record.number for record in proposer.front()] == [best.number]

    def test_a_trial_that_was_not_asked_for_or_was_told_cannot_be_told(self, make: Opened) -> None:
        proposer = make()
        proposal = asked(proposer)
        proposer.tell(finished(proposal), {})

        for number in (proposal.number, 7, -1):
            with pytest.raises(ConfigError, match=f"trial {number} is not running"):
                proposer.tell(finished(proposal, number=number), {})

    def test_scores_must_match_the_objectives(self, make: Opened) -> None:
        proposer = make()

        with pytest.raises(ConfigError, match="2 scores; the study has 1"):
            proposer.tell(finished(asked(proposer), scores=(1.0, 2.0)), {})

    def test_several_objectives_have_a_pareto_front_and_no_pruning(self, several: Opened) -> None:
        proposer = several()
        for scores in [(0.9, 50.0), (0.8, 60.0), (0.7, 10.0)]:
            proposal = asked(proposer)
            assert not any(proposer.report(proposal.number, epoch, 0.0) for epoch in range(1, 20))
            proposer.tell(finished(proposal, scores=scores), {})

        assert [record.scores for record in proposer.front()] == [(0.9, 50.0), (0.7, 10.0)]

    def test_trials_begin_with_their_rungs_and_pause_at_the_first(self, make: Opened) -> None:
        proposal = asked(make(pruner="rungs"))

        assert (proposal.levels, proposal.until, proposal.paused) == ((2, 6, 20), 2, None)

    def test_a_trial_that_waits_has_a_record_but_cannot_win(self, make: Opened) -> None:
        proposer = make(pruner="rungs")

        paused(proposer, [0.9])

        (record,) = proposer.records()
        assert (record.state, record.scores) == ("paused", (0.9,))
        assert record.rungs == (Rung(epochs=2, scores=(0.9,)),)
        assert proposer.front() == []

    def test_the_best_of_three_goes_on_under_its_own_number(self, make: Opened) -> None:
        proposer = make(pruner="rungs")
        paused(proposer, [0.1, 0.9, 0.5])

        promoted = asked(proposer)

        assert promoted.paused is not None
        assert (promoted.number, promoted.until, promoted.paused.epochs) == (1, 6, 2)
        assert promoted.configuration == promoted.paused.configuration
        assert asked(proposer).number == 3

    def test_a_promoted_trial_is_told_at_its_end_and_wins(self, make: Opened) -> None:
        proposer = make(pruner="rungs")
        paused(proposer, [0.1, 0.9, 0.5])
        proposer.pause(at_rung(asked(proposer, trials=0), 0.95))

        end = asked(proposer, trials=0)
        proposer.tell(at_rung(end, 0.97), {})

        assert (end.number, end.until) == (1, None)
        assert [(record.number, record.scores) for record in proposer.front()] == [(1, (0.97,))]

    def test_without_new_trials_the_finalists_are_finished_and_then_nothing_is_left(
        self, make: Opened
    ) -> None:
        proposer = make(pruner="rungs")
        paused(proposer, [0.1, 0.5, 0.9, 0.3])
        ended = []

        while (proposal := proposer.ask(Horizon(trials=0))) is not None:
            assert proposal.paused is not None
            record = at_rung(proposal, proposal.paused.scores[0])
            if record.state == "paused":
                proposer.pause(record)
            else:
                proposer.tell(record, {})
                ended.append(record.number)

        assert ended == [2, 1, 3]

    def test_a_promoted_trial_that_is_in_training_is_not_promoted_again(self, make: Opened) -> None:
        proposer = make(pruner="rungs")
        paused(proposer, [0.5] * 3)

        found = [proposer.ask(Horizon(trials=0)) for _ in range(4)]

        assert sorted(item.number for item in found if item is not None) == [0, 1, 2]

    def test_closing_ends_who_waits_as_pruned_with_the_reason(self, make: Opened) -> None:
        proposer = make(pruner="rungs")
        paused(proposer, [0.1, 0.9])

        ended = proposer.close()

        assert list(proposer.records()) == list(ended)
        assert {record.state for record in ended} == {"pruned"}
        assert {record.reason for record in ended} == {"not promoted beyond epoch 2"}
        assert proposer.close() == []

    def test_only_a_running_trial_can_pause(self, make: Opened) -> None:
        proposer = make(pruner="rungs")
        proposal = asked(proposer)
        proposer.pause(at_rung(proposal))

        with pytest.raises(ConfigError, match="trial 0 is not running"):
            proposer.pause(at_rung(proposal))

    def test_a_trial_that_has_ended_is_told_and_not_paused(self, make: Opened) -> None:
        proposer = make(pruner="rungs")
        proposal = asked(proposer)

        with pytest.raises(ConfigError, match="still paused"):
            proposer.tell(at_rung(proposal), {})

    def test_several_objectives_promote_the_front_of_a_rung(self, several: Opened) -> None:
        proposer = several(pruner="rungs")
        for scores in [(0.8, 60.0), (0.9, 50.0), (0.85, 55.0)]:
            rungs = (Rung(epochs=2, scores=scores),)
            proposer.pause(at_rung(asked(proposer), scores=scores, rungs=rungs))

        assert asked(proposer).number == 1

    def test_a_study_opened_anew_knows_who_waits_and_goes_on_the_same(self, again: Opened) -> None:
        whole, halves = again("whole"), again("halves")
        for proposer in (whole, halves):
            paused(proposer, [0.1, 0.9, 0.5])

        other = again("halves")

        assert other.records() == whole.records()
        for proposer in (whole, other):
            proposer.pause(at_rung(asked(proposer), 0.95))
            paused(proposer, [0.2])
        assert other.records() == whole.records()
        assert other.close() == whole.close()

    def test_a_promotion_that_was_cut_short_is_made_again(self, again: Opened) -> None:
        killed = again("job")
        paused(killed, [0.1, 0.9, 0.5])

        lost = killed.ask()

        assert again("job").ask() == lost


def asked(proposer: Proposer, trials: int | None = None) -> Proposal:
    """What a proposer proposes; it must propose something."""
    proposal = proposer.ask(Horizon(trials=trials))
    assert proposal is not None
    return proposal


def search(proposer: Proposer, trials: int) -> list[Proposal]:
    """Ask and tell; the scores are those of ``score``."""
    proposals = []
    for _ in range(trials):
        proposals.append(asked(proposer))
        proposer.tell(finished(proposals[-1]), {})
    return proposals


def paused(proposer: Proposer, values: Sequence[float]) -> None:
    """Begin a trial for each value and pause it at its first rung."""
    for proposal, value in zip([asked(proposer) for _ in values], values, strict=True):
        proposer.pause(at_rung(proposal, value))


def score(configuration: Configuration) -> float:
    """What a configuration is worth."""
    _, parameters = SPACE.split(configuration)
    dropout, depth = (float(str(parameters[name])) for name in ("dropout", "depth"))
    return 1.0 - abs(dropout - 0.3) - abs(depth - 3) / 10


def finished(proposal: Proposal, **facts: Any) -> TrialRecord:
    """The record of a trial that is complete, but for what ``facts`` say."""
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


def at_rung(proposal: Proposal, value: float | None = None, **facts: Any) -> TrialRecord:
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

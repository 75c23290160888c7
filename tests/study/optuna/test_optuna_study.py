from __future__ import annotations

import optuna
import pytest

from automl.core.errors import ConfigError
from automl.core.specs import Objective, Rung, TrialRecord
from automl.spaces.space import join
from automl.study.opening import load_study, open_proposer
from automl.study.storage.storage import JOURNAL
from tests.spaces.samples import sample_space

ACCURACY = Objective(name="accuracy", direction="maximize")
SPACE = sample_space()


def opened(folder, **options):
    settings = {"name": "job", "space": SPACE, "objectives": (ACCURACY,), "seed": 0, **options}
    return open_proposer(folder=folder, **settings)


def finished(proposal, score=None, **facts) -> TrialRecord:
    score = proposal.configuration["dropout"] if score is None else score
    facts = {"state": "complete", "scores": (score,), **facts}
    return TrialRecord(number=proposal.number, configuration=proposal.configuration, **facts)


def search(proposer, trials):
    asked = []
    for _ in range(trials):
        asked.append(proposer.ask())
        proposer.tell(finished(asked[-1]), {})
    return [proposal.configuration for proposal in asked]


def test_optuna_itself_reads_the_same_trials_from_the_job_folder(tmp_path):
    proposer = opened(tmp_path)
    search(proposer, 4)
    study = load_study(tmp_path, "job")
    constants = {"activation"}
    assert len(study.trials) == len(proposer.records()) == 4
    for trial, record in zip(study.trials, proposer.records(), strict=True):
        assert trial.params == {k: v for k, v in record.configuration.items() if k not in constants}
        assert tuple(trial.values) == record.scores
    assert study.metric_names == ["val_accuracy"]


@pytest.mark.parametrize("sampler", ["rungs", "tpe", "random", "cmaes", "qmc", "nsga2", "grid"])
def test_a_resumed_study_goes_on_as_the_uninterrupted_one(tmp_path, sampler):
    whole = search(opened(tmp_path / "whole", sampler=sampler), 13)
    first = search(opened(tmp_path / "halves", sampler=sampler), 11)
    second = search(opened(tmp_path / "halves", sampler=sampler), 2)
    assert first + second == whole


def test_an_interrupted_trial_is_handed_out_again_and_none_is_lost_or_repeated(tmp_path):
    whole = search(opened(tmp_path / "whole"), 6)
    killed = opened(tmp_path / "killed")
    search(killed, 3)
    lost = killed.ask()
    resumed = opened(tmp_path / "killed")
    assert (resumed.interrupted, len(resumed.records())) == ((3,), 3)
    again = resumed.ask()
    assert again == lost
    resumed.tell(finished(again), {})
    search(resumed, 2)
    assert [record.configuration for record in resumed.records()] == whole
    assert [record.number for record in resumed.records()] == list(range(6))


def test_a_trial_killed_while_it_was_being_drawn_is_completed(tmp_path):
    study = opened(tmp_path, use_portfolio=False).study
    width = study.ask().suggest_int("width", 16, 256, log=True)
    again = opened(tmp_path, use_portfolio=False).ask()
    assert (again.number, again.configuration["width"]) == (0, width)
    SPACE.validate(again.configuration)


def test_epochs_of_an_interrupted_attempt_are_not_stored_or_judged_twice(tmp_path):
    killed = opened(tmp_path, pruner="median")
    lost = killed.ask()
    for epoch in (1, 2, 3):
        killed.report(lost.number, epoch, 0.5)
    resumed = opened(tmp_path, pruner="median")
    again = resumed.ask()
    assert not any(resumed.report(again.number, epoch, 0.1) for epoch in (1, 2, 3, 4))
    assert resumed.study.trials[0].intermediate_values == {1: 0.5, 2: 0.5, 3: 0.5, 4: 0.1}


def test_a_poor_curve_is_pruned_after_the_warm_up(tmp_path):
    proposer = opened(tmp_path, pruner="median")
    for _ in range(5):
        proposal = proposer.ask()
        for epoch in range(1, 11):
            proposer.report(proposal.number, epoch, 0.9)
        proposer.tell(finished(proposal, 0.9), {})
    poor = proposer.ask().number
    assert [proposer.report(poor, epoch, 0.1) for epoch in range(1, 7)] == [False] * 4 + [True] * 2


def test_a_pruned_trial_is_pruned_for_optuna_with_its_reason(tmp_path):
    proposer = opened(tmp_path)
    proposal = proposer.ask()
    proposer.report(proposal.number, 1, 0.4)
    proposer.tell(finished(proposal, 0.4, state="pruned", reason="below the median"), {"epochs": [0.4]})
    trial = load_study(tmp_path, "job").trials[0]
    assert (trial.state, trial.value) == (optuna.trial.TrialState.PRUNED, 0.4)
    assert proposer.records()[0].reason == "below the median"
    assert proposer.facts(0) == {"epochs": [0.4]}


def test_several_objectives_turn_the_pruner_off_and_say_so(tmp_path):
    size = Objective(name="parameters", direction="minimize")
    (note,) = opened(tmp_path, objectives=(ACCURACY, size), pruner="median").notes
    assert "'median' is off" in note
    assert opened(tmp_path / "one", pruner="median").notes == ()
    assert opened(tmp_path / "rungs", objectives=(ACCURACY, size)).notes == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"space": SPACE.fix("depth", 1)}, "made for another search space"),
        (
            {"objectives": (Objective(name="log_loss", direction="minimize"),)},
            "other objectives: val_accuracy:maximize instead of val_log_loss:minimize",
        ),
        ({"sampler": "tpee"}, "Unknown sampler 'tpee'. Did you mean 'tpe'"),
        ({"pruner": "medain"}, "Unknown pruner 'medain'. Did you mean 'median'"),
    ],
)
def test_a_study_of_something_else_is_refused(tmp_path, change, message):
    search(opened(tmp_path), 1)
    with pytest.raises(ConfigError, match=message):
        opened(tmp_path, **change)


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_study_killed_while_it_was_marked_is_gone_on_with(tmp_path, lines):
    opened(tmp_path)
    journal = tmp_path / JOURNAL
    whole = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(whole[:lines]) + whole[lines][:40])
    search(opened(tmp_path), 1)
    assert len(opened(tmp_path).records()) == 1


def test_a_grid_tries_every_point_once_and_ends(tmp_path):
    space = SPACE.for_task("regression").fix("width", 32).fix("learning_rate", 0.01)
    space = space.narrow("dropout", [0.1, 0.2]).narrow("optimizer", ["adamw", None]).fix("depth", 1)
    first = search(opened(tmp_path, space=space, sampler="grid"), 3)
    proposer = opened(tmp_path, space=space, sampler="grid")
    tried = [*first, *search(proposer, 1)]
    assert proposer.ask() is None
    assert sorted(map(repr, tried)) == sorted({repr(point) for point in tried})


def test_a_study_in_a_data_base_is_gone_on_with(tmp_path):
    url = f"sqlite:///{tmp_path}/study.db"
    first = search(opened(tmp_path / "job", storage=url), 2)
    resumed = opened(tmp_path / "job", storage=url)
    assert [record.configuration for record in resumed.records()] == first
    assert not (tmp_path / "job" / JOURNAL).exists()


def test_a_missing_study_is_refused(tmp_path):
    search(opened(tmp_path), 1)
    with pytest.raises(ConfigError, match="no study 'other'"):
        load_study(tmp_path, "other")


def test_to_look_at_a_study_that_is_not_there_makes_nothing(tmp_path):
    with pytest.raises(ConfigError, match="There is no study 'job'"):
        load_study(tmp_path / "nowhere", "job")

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("objectives", [1, 2])
def test_plots_are_one_page_that_needs_no_network(tmp_path, objectives):
    size = Objective(name="parameters", direction="minimize")
    proposer = opened(tmp_path, objectives=(ACCURACY, size)[:objectives], sampler="random")
    assert proposer.plots(tmp_path / "plots") == []
    for index in range(6):
        proposal = proposer.ask()
        proposer.tell(finished(proposal, scores=(index / 10, float(index))[:objectives]), {})
    (page,) = proposer.plots(tmp_path / "plots")
    text = page.read_text(encoding="utf-8")
    titles = ["Optimisation history", "Parallel coordinates", "Slices"]
    assert [title for title in titles if f"<h2>{title}" in text] == titles
    assert ("<h2>Pareto front</h2>" in text) == (objectives == 2)
    assert "<script src=" not in text


def test_a_trial_keeps_its_origin_when_it_is_handed_out_again(tmp_path):
    killed = opened(tmp_path, use_portfolio=False)
    search(killed, 12)
    lost = [killed.ask() for _ in range(4)]
    resumed = opened(tmp_path, use_portfolio=False)
    assert [resumed.ask() for _ in range(4)] == lost


def test_a_paused_trial_is_stored_as_a_running_one_with_its_record(tmp_path):
    proposer = opened(tmp_path)
    proposal = proposer.ask()
    rungs = (Rung(epochs=2, scores=(0.4,)),)
    proposer.pause(finished(proposal, 0.4, state="paused", epochs=2, rungs=rungs, pauses=1))
    trial = load_study(tmp_path, "job").trials[0]
    assert (trial.state, trial.intermediate_values) == (optuna.trial.TrialState.RUNNING, {2: 0.4})
    assert (opened(tmp_path).interrupted, opened(tmp_path).records()) == ((), proposer.records())


def test_limits_are_optunas_constraints_too(tmp_path):
    proposer = opened(tmp_path)
    proposer.tell(finished(proposer.ask(), constraints=(0.5, -1.0)), {})
    (trial,) = load_study(tmp_path, "job").trials
    assert list(trial.constraints.values()) == [0.5, -1.0]
    assert not proposer.records()[0].feasible


def test_a_family_has_rungs_of_its_own_length(tmp_path):
    space = join({"short": SPACE, "long": SPACE})
    proposer = opened(tmp_path, space=space, epochs={"short": 8, "long": 60})
    levels = {item.configuration["family"]: item.levels for item in (proposer.ask() for _ in range(4))}
    assert levels == {"short": (2, 8), "long": (2, 6, 18, 60)}


@pytest.mark.parametrize(("pruner", "finishes"), [("rungs", True), ("pasha", False)])
def test_where_longer_training_changes_nothing_pasha_begins_other_trials(tmp_path, pruner, finishes):
    proposer = opened(tmp_path, sampler="random", pruner=pruner)
    asked = [proposer.ask()]
    while asked[-1].until is not None and len(asked) < 20:
        pause = {"state": "paused", "epochs": asked[-1].until}
        score = asked[-1].configuration["dropout"]
        rungs = [Rung(epochs=epochs, scores=(score,)) for epochs in (2, 6) if epochs <= pause["epochs"]]
        proposer.pause(finished(asked[-1], rungs=tuple(rungs), **pause))
        asked.append(proposer.ask())

    assert [proposal.until for proposal in asked].count(6) >= 3
    assert (asked[-1].until is None) is finishes

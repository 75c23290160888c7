"""Warm start: what is taken from earlier studies, how much it counts, and that it is kept."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.specs import Objective, TrialRecord
from automl.spaces.space import join
from automl.study.earlier.earlier import read_earlier
from automl.study.earlier.warm_start import (
    UNKNOWN,
    Earlier,
    EarlierResult,
    Facts,
    Place,
    adapted,
    gift,
    likeness,
    plain_gift,
    restored_gift,
)
from automl.study.opening import open_proposer
from automl.study.proposals.distributions import distribution
from automl.study.proposals.encoding import Encoding
from automl.study.proposals.prior import GONE, Prior
from automl.study.proposals.prior_point import PriorPoint
from automl.study.proposals.surrogate import fit
from tests.spaces.samples import sample_space

ACCURACY = Objective(name="accuracy", direction="maximize")
MLP = sample_space()
ALONE = join({"mlp": MLP})
JOINT = join({"mlp": MLP, "other": MLP})
ADULT = Facts(modality="tabular", task="binary", rows=40_000, columns=14, outputs=2)


def earlier(space=ALONE, results=8, **changes):
    """A study in which the first configurations are the best."""
    entries = [space.complete({"depth": depth}) for depth in (1, 2, 3, 4) if "depth" in _names(space)]
    made = [
        EarlierResult(configuration=entries[place % len(entries)], standing=place - 1.0)
        for place in range(results)
    ]
    facts = {"name": "old", "facts": ADULT, "objectives": ("val_accuracy:maximize",), **changes}
    return Earlier(results=tuple(made), **facts)


def opened(folder, **options):
    return open_proposer(folder=folder, name=folder.name, space=ALONE, objectives=(ACCURACY,), **options)


def searched(folder, trials=5, **options):
    """A finished study in which less dropout is better; returns where it is."""
    proposer = opened(folder, **options)
    for _ in range(trials):
        proposal = proposer.ask()
        scores = (1 - proposal.configuration["dropout"],)
        facts = {"configuration": proposal.configuration, "origin": proposal.origin}
        facts |= {"state": "complete", "scores": scores}
        proposer.tell(TrialRecord(number=proposal.number, **facts), {})
    return Place(shown=str(folder), storage=str(folder / "study.journal"))


def _names(space):
    return {item.name for item in space.parameters}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 1.0),
        ({"rows": 4_000}, 0.5),
        ({"rows": 400_000}, 0.5),
        ({"rows": 4_000, "columns": 140}, 0.25),
        ({"outputs": 20}, 0.5),
        ({"task": "regression"}, 0.0),
        ({"modality": "text"}, 0.0),
    ],
)
def test_likeness_halves_with_each_tenfold_difference(changes, expected):
    assert likeness(ADULT, replace(ADULT, **changes)) == pytest.approx(expected, abs=0.001)
    assert likeness(replace(ADULT, **changes), ADULT) == likeness(ADULT, replace(ADULT, **changes))


def test_a_gift_holds_the_three_best_configurations_and_all_results():
    given = gift(earlier(), ALONE, (ACCURACY,), ADULT)

    assert [entry["depth"] for entry in given.starts] == [1, 2, 3]
    assert (given.weight, len(given.prior)) == (1.0, 8)
    assert "'old' (likeness 1.00)" in given.note
    for entry in given.starts:
        ALONE.validate(entry)


def test_failed_trials_are_not_tried_again_but_are_known():
    lost = tuple(replace(item, failed=True) for item in earlier().results)

    given = gift(replace(earlier(), results=lost), ALONE, (ACCURACY,), ADULT)

    assert (given.starts, len(given.prior)) == ((), 8)


@pytest.mark.parametrize(
    ("changes", "weight", "message"),
    [
        ({"facts": replace(ADULT, task="regression")}, 0.0, "for regression of tabular data"),
        ({"facts": replace(ADULT, modality="text")}, 0.0, "for binary of text data"),
        ({"facts": None}, UNKNOWN, "nothing is known about its data"),
        ({"objectives": ("val_roc_auc:maximize",)}, 0.5, "for val_roc_auc"),
        ({"objectives": ("parameters:minimize",)}, 0.0, "optimised parameters"),
        ({"results": 0}, 0.0, "no result in this search space"),
    ],
)
def test_what_counts_less_or_nothing_is_said(changes, weight, message):
    given = gift(earlier(**changes), ALONE, (ACCURACY,), ADULT)

    assert given.weight == weight
    assert message in given.note
    assert bool(given.starts) == bool(weight)


def test_a_configuration_changes_its_words_between_one_family_and_several():
    plain = {"family": "mlp", "width": 32, "optimizer": "sgd", "momentum": 0.6}
    joint = {"family": "mlp", "mlp.width": 32, "mlp.optimizer": "sgd", "mlp.momentum": 0.6}

    assert adapted(JOINT, plain) == joint
    assert adapted(ALONE, joint) == plain
    assert adapted(join({"other": MLP}), plain) is None


def test_what_is_unknown_or_out_of_range_takes_its_default():
    entry = {"family": "mlp", "width": 9999, "depth": 3, "gone": 1}

    assert adapted(ALONE, entry) == {"family": "mlp", "depth": 3}


def test_a_result_whose_values_do_not_fit_is_not_moved_into_the_model():
    narrow = ALONE.narrow("depth", [1, 2])

    given = gift(earlier(), narrow, (ACCURACY,), ADULT)

    assert {point.params["depth"] for point in given.prior} == {1, 2}
    assert len(given.prior) == 4


def test_a_gift_survives_being_written_down():
    given = gift(earlier(), ALONE, (ACCURACY,), ADULT)

    assert restored_gift(plain_gift(given)) == given


def test_a_study_is_read_with_its_facts_and_whole_configurations(tmp_path):
    place = searched(tmp_path / "old", facts=ADULT)

    found = read_earlier(place)

    assert (found.name, found.facts, found.objectives) == ("old", ADULT, ("val_accuracy:maximize",))
    best = min(found.results, key=lambda item: item.standing)
    assert best.configuration["dropout"] == min(item.configuration["dropout"] for item in found.results)
    ALONE.validate(best.configuration)


@pytest.mark.parametrize(
    ("name", "message"), [("gone", "no study 'gone'"), (None, "several: new, old.*#NAME")]
)
def test_a_journal_of_several_studies_needs_a_name(tmp_path, name, message):
    journal = str(tmp_path / "both.journal")
    for folder in ("old", "new"):
        searched(tmp_path / folder, trials=1, storage=journal)

    with pytest.raises(ConfigError, match=message):
        read_earlier(Place(shown="both", storage=journal, name=name))


def test_the_best_earlier_configurations_are_tried_first_and_are_marked(tmp_path):
    place = searched(tmp_path / "old", trials=8, facts=ADULT)
    best = sorted(read_earlier(place).results, key=lambda item: item.standing)

    proposer = opened(tmp_path / "new", facts=ADULT, earlier=[place])
    first = [proposer.ask() for _ in range(4)]

    assert [item.configuration for item in first[:3]] == [item.configuration for item in best[:3]]
    assert [item.origin for item in first[:3]] == ["warm start"] * 3
    assert first[3].origin != "warm start"
    assert "Warm start from 'old' (likeness 1.00)" in proposer.notes[0]


def test_what_was_taken_outlives_the_earlier_study(tmp_path):
    place = searched(tmp_path / "old", facts=ADULT)
    before = opened(tmp_path / "new", facts=ADULT, earlier=[place])
    before.ask()
    shutil.rmtree(tmp_path / "old")

    after = opened(tmp_path / "new", facts=ADULT, earlier=[place])

    assert after.notes == before.notes
    again, second = after.ask(), after.ask()
    assert (again.number, again.origin, second.origin) == (0, "warm start", "warm start")


def test_a_study_that_was_begun_without_it_says_that_it_is_too_late(tmp_path):
    place = searched(tmp_path / "old")
    searched(tmp_path / "new", trials=1)

    (note,) = opened(tmp_path / "new", earlier=[place]).notes

    assert "started without it" in note


def test_without_the_portfolio_earlier_results_still_lead_the_model(tmp_path):
    place = searched(tmp_path / "old", trials=30, sampler="random", facts=ADULT)

    def mean_dropout(name, **options):
        found = read_earlier(
            searched(tmp_path / name, trials=14, use_portfolio=False, facts=ADULT, **options)
        )
        return np.mean([item.configuration["dropout"] for item in found.results])

    assert mean_dropout("warm", earlier=[place]) < mean_dropout("cold") - 0.05
    origins = [item.origin for item in opened(tmp_path / "warm", facts=ADULT).records()]
    assert "warm start" not in origins


def joined(own, weight=1.0):
    encoding = Encoding({"depth": distribution(MLP["depth"])})
    points = np.linspace(0, 1, own).reshape(own, 1)
    prior = Prior((PriorPoint(params={"depth": 3}, standing=-2.0, weight=weight),)).left(own)
    return prior.joined(encoding, points, np.zeros(own)) if prior.points else None


def test_an_earlier_result_is_noisier_the_less_alike_and_the_more_own_ones_there_are():
    noise = [float(joined(*case)[2][-1]) for case in ((0, 1.0), (0, 0.5), (10, 1.0), (50, 1.0))]

    assert noise == pytest.approx([4.0, 8.0, 8.0, 24.0])
    assert joined(GONE) is None


def test_earlier_results_that_foretell_the_contrary_count_less():
    encoding = Encoding({"depth": distribution(MLP["depth"])})
    prior = Prior(
        tuple(PriorPoint(params={"depth": n}, standing=n - 2.5, weight=1.0) for n in (1, 2, 3, 4))
    )
    points = np.linspace(0, 1, 8).reshape(8, 1)
    values = np.linspace(-1, 1, 8)

    foretold, contrary = (prior.joined(encoding, points, sign * values)[2][-1] for sign in (1, -1))

    assert contrary > 10 * foretold


def test_a_noisy_value_moves_the_process_less():
    points, values = np.array([[0.1], [0.5], [0.9]]), np.array([0.5, -2.0, 0.5])
    nominal = np.zeros(1, bool)

    plain = fit(points, nominal, values).predict(points[[1]])[0]
    noisy = fit(points, nominal, values, np.array([1.0, 1000.0, 1.0])).predict(points[[1]])[0]

    assert plain[0] < noisy[0] - 0.5

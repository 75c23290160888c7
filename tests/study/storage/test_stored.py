"""Records in a study, ours and what other hands put in their place."""

from __future__ import annotations

import optuna
import pytest
from optuna.distributions import FloatDistribution
from optuna.trial import TrialState, create_trial

from automl.core.errors import ConfigError
from automl.core.specs import Rung, TrialRecord
from automl.study.earlier.earlier import read_earlier
from automl.study.earlier.warm_start import Place
from automl.study.proposals.evidence import gather
from automl.study.storage.stored import record_of, stored

RECORD = TrialRecord(
    number=0,
    configuration={"rate": 0.5, "family": "mlp"},
    state="complete",
    scores=(0.25,),
    epochs=6,
    rungs=(Rung(epochs=2, scores=(0.5,), time=1.5),),
)


def trial_with(**attributes):
    return create_trial(
        params={"rate": 0.5},
        distributions={"rate": FloatDistribution(0, 1)},
        value=0.25,
        state=TrialState.COMPLETE,
        user_attrs=attributes,
    )


def study_with(storage=None, **attributes) -> optuna.Study:
    study = optuna.create_study(storage=storage, study_name="theirs")
    study.add_trial(trial_with(**attributes))
    return study


def test_a_record_comes_back_from_its_trial():
    (trial,) = study_with(record=stored(RECORD)).trials

    assert record_of(trial) == RECORD
    assert not {"number", "state"} & stored(RECORD).keys()


def test_a_trial_of_other_hands_has_what_optuna_knows():
    (trial,) = study_with().trials

    known = {"configuration": {"rate": 0.5}, "state": "complete", "scores": (0.25,)}
    assert record_of(trial) == TrialRecord(number=0, **known)


@pytest.mark.parametrize(
    "record", ["a text", {"colour": "red"}, {"rungs": 3}], ids=["text", "names", "type"]
)
def test_what_stands_in_a_records_place_is_refused(record):
    with pytest.raises(ConfigError, match="trial's record"):
        gather(study_with(record=record))


@pytest.mark.parametrize("objectives", ["loss", 3, [{"name": "loss"}]], ids=["text", "number", "objects"])
def test_of_a_study_of_other_hands_only_the_results_are_known(objectives, tmp_path):
    address = f"sqlite:///{tmp_path / 'study.db'}"
    study_with(address).set_user_attr("objectives", objectives)

    earlier = read_earlier(Place(shown="theirs", storage=address, name="theirs"))

    assert (earlier.objectives, earlier.facts, len(earlier.results)) == ((), None, 1)


def test_a_warm_start_from_a_study_with_such_records_is_refused(tmp_path):
    address = f"sqlite:///{tmp_path / 'study.db'}"
    study_with(address, record=["red"])

    with pytest.raises(ConfigError, match="expected an object"):
        read_earlier(Place(shown="theirs", storage=address, name="theirs"))

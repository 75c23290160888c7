"""Records of trials on their way through files and lines."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.core.errors import ConfigError
from automl.core.specs import Rung, TrialRecord
from automl.core.trial_json import record_from_json, record_to_json

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
NAMED = st.dictionaries(st.text(max_size=3), NUMBERS, max_size=2)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), NUMBERS, st.text(max_size=3))
RUNGS = st.builds(
    Rung, epochs=st.integers(1, 99), scores=st.lists(NUMBERS, max_size=2).map(tuple), time=NUMBERS
)
RECORDS = st.builds(
    TrialRecord,
    number=st.integers(-3, 99),
    configuration=st.dictionaries(st.text(max_size=3), SCALARS, max_size=2),
    state=st.sampled_from(["running", "paused", "complete", "pruned", "failed"]),
    scores=st.lists(NUMBERS, max_size=2).map(tuple),
    metrics=NAMED,
    epochs=st.integers(0, 99),
    seconds=NUMBERS,
    reason=st.text(max_size=3),
    spread=st.none() | NUMBERS,
    effort=NAMED,
    rungs=st.lists(RUNGS, max_size=2).map(tuple),
    constraints=st.lists(NUMBERS, max_size=2).map(tuple),
)


@given(RECORDS)
def test_a_record_comes_back_from_json(record):
    assert record_from_json(json.loads(json.dumps(record_to_json(record)))) == record


def test_numbers_of_numpy_are_written_as_pythons():
    record = TrialRecord(
        number=np.int64(3),
        configuration={},
        state="complete",
        scores=(np.float32(0.5),),
        spread=np.float64(1),
    )

    assert record_from_json(json.loads(json.dumps(record_to_json(record)))).scores == (0.5,)


def test_rungs_of_earlier_versions_had_no_time():
    values = {"number": 0, "configuration": {}, "state": "paused", "rungs": [[2, [0.5]]]}

    assert record_from_json(values).rungs == (Rung(epochs=2, scores=(0.5,)),)


GOOD = {"number": 0, "configuration": {}, "state": "complete"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("a text", "expected an object"),
        ({"number": 0, "state": "complete"}, "has no 'configuration'"),
        ({**GOOD, "colour": "red"}, "has unknown 'colour'"),
        ({**GOOD, "number": "0"}, "number = '0': expected a whole number"),
        ({**GOOD, "epochs": True}, "epochs = True: expected a whole number"),
        ({**GOOD, "state": "odd"}, "state = 'odd': expected one of running"),
        ({**GOOD, "scores": 0.5}, "scores = 0.5: expected a list of numbers"),
        ({**GOOD, "scores": ["high"]}, "expected a number"),
        ({**GOOD, "metrics": [1]}, "expected values by name"),
        ({**GOOD, "configuration": {"width": [1]}}, "expected plain values"),
        ({**GOOD, "rungs": [1]}, "expected a list of rungs"),
        ({**GOOD, "rungs": [[1]]}, "A trial's record has rungs"),
        ({**GOOD, "reason": None}, "expected a text"),
    ],
)
def test_what_is_no_record_is_refused_with_its_field(values, said):
    with pytest.raises(ConfigError, match="trial's record") as refused:
        record_from_json(values)

    assert said in str(refused.value)

"""The registered winner behind MLflow's own server: ready when it says so, and strict."""

from __future__ import annotations

import json
from typing import Any

import mlflow
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException

import automl

pytestmark = pytest.mark.filterwarnings("ignore:.*Any type hint")


@pytest.fixture(scope="module")
def served(wine_job: automl.Result) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{wine_job.folder.parent / 'mlflow.db'}")
        return mlflow.pyfunc.load_model("models:/wine@champion")


def _post(served: Any, frame: pd.DataFrame, **changed: Any) -> tuple[int, str]:
    """Status and body of what the server answers."""
    from mlflow.pyfunc import scoring_server

    rows = json.loads(frame.assign(**changed).to_json(orient="records"))
    body = json.dumps({"dataframe_records": rows})
    try:
        answer = scoring_server.invocations(
            body, "application/json", served, served.metadata.get_input_schema()
        )
    except MlflowException as error:
        return error.get_http_status_code(), error.serialize_as_json()
    return answer.status, answer.response


@pytest.fixture
def rows() -> pd.DataFrame:
    from sklearn.datasets import load_wine

    return load_wine(as_frame=True).data.head(2)


def test_when_it_is_loaded_it_has_answered_once(served):
    result = served._model_impl._result

    assert "model" in vars(result.opened)
    assert result.model.predict_function is not None


def test_gaps_and_whole_numbers_are_answered_as_automl_answers(served, rows, wine_job):
    status, body = _post(served, rows, alcohol=[None, 13])

    expected = wine_job.predict(rows.assign(alcohol=[None, 13.0]))
    assert status == 200
    assert [row["prediction"] for row in json.loads(body)["predictions"]] == list(expected["prediction"])


def test_a_text_in_a_column_of_numbers_is_refused(served, rows):
    status, body = _post(served, rows, alcohol=["abc", 13])

    assert status == 400
    assert "alcohol" in body


def test_what_automl_refuses_is_a_bad_request_in_a_sentence(served, rows):
    status, body = _post(served, rows.drop(columns="alcohol"))

    assert status == 400
    assert "is missing columns" in body
    assert "Traceback" not in body


def test_the_signature_has_the_columns_types(served):
    types = {item.name: item.to_dict()["type"] for item in served.metadata.signature.inputs}

    assert {name for name, kind in types.items() if kind == "any"} == {"magnesium", "proline"}
    assert {kind for name, kind in types.items() if name not in ("magnesium", "proline")} == {"double"}


def test_whole_numbers_are_answered_in_python_as_they_come(served, rows):
    whole = rows.astype({"magnesium": "int64", "proline": "Int64"})

    assert served.predict(whole).equals(served.predict(rows))
    assert len(served.predict(whole.iloc[0].to_dict())) == 1


@pytest.mark.parametrize("cell", ["abc", [1], {"a": 1}])
def test_what_is_no_number_among_whole_numbers_is_refused_in_our_sentence(served, rows, cell):
    status, body = _post(served, rows, proline=[cell, 13])

    assert status == 400
    assert "Column 'proline', row 1: expected a number, got" in body


def test_fractions_and_gaps_among_whole_numbers_are_not_cut(served, rows, wine_job):
    status, body = _post(served, rows, proline=[None, 1050.5])

    expected = wine_job.predict(rows.assign(proline=[None, 1050.5]))
    assert status == 200
    assert json.loads(body)["predictions"][1]["probability_class_0"] == pytest.approx(
        expected["probability_class_0"].iloc[1], abs=1e-6
    )


def test_types_are_those_under_which_no_cell_is_changed(served):
    from automl.tracking.registration import signature

    example = pd.DataFrame(
        {
            "amount": [1.5],
            "name": ["a"],
            "day": pd.to_datetime(["2024-01-31"]),
            "flag": [True],
            "id": [7],
        }
    )
    answer = pd.DataFrame({"prediction": [3]})

    strict = [item.to_dict()["type"] for item in signature(example, answer).inputs]
    partly = [item.to_dict()["type"] for item in signature(example, answer, untyped={"day"}).inputs]
    lenient = signature(example, answer, lenient=True)

    assert strict == ["double", "string", "datetime", "any", "any"]
    assert partly == ["double", "string", "any", "any", "any"]
    assert {item.to_dict()["type"] for item in lenient.inputs} == {"any"}
    assert [item.to_dict()["type"] for item in lenient.outputs] == ["long"]

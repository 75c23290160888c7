"""A whole job, seen from its folder, its study and its runs."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest
import yaml

import automl
from automl.core.errors import ConfigError, DataError
from automl.jobs.folder import read_json, write_json
from automl.jobs.progress import SilentProgress


def wine() -> pd.DataFrame:
    from sklearn.datasets import load_wine

    return load_wine(as_frame=True).frame.drop(columns="target")


def labelled_wine() -> pd.DataFrame:
    from sklearn.datasets import load_wine

    frame = load_wine(as_frame=True).frame
    return frame.assign(target="class_" + frame["target"].astype(str))


def test_the_folder_holds_everything(wine_job):
    names = {item.name for item in wine_job.folder.iterdir()}

    assert {"job.yaml", "study.journal", "result.json", "leaderboard.csv", "model.keras"} <= names
    assert not [name for name in names if name.endswith(".tmp")]


def test_study_runs_and_leaderboard_agree(wine_job):
    from mlflow import MlflowClient

    board = wine_job.leaderboard.dropna(subset="trial").set_index("trial")
    parent = wine_job.summary["mlflow_run_id"]
    client = MlflowClient(f"sqlite:///{wine_job.folder.parent / 'mlflow.db'}")
    experiment = client.get_run(parent).info.experiment_id
    runs = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{parent}'")

    assert len(wine_job.study.trials) == len(runs) == len(board) == 3
    for trial in wine_job.study.trials:
        run = next(run for run in runs if run.info.run_name.endswith(str(trial.number)))
        row = board.loc[trial.number]
        assert run.data.metrics["val_accuracy"] == pytest.approx(trial.value)
        assert row["val_accuracy"] == pytest.approx(trial.value)
        for name, value in trial.params.items():
            plain = "name" if name == "family" else name.rpartition(".")[2]
            logged = run.data.params[name.rpartition(".")[2]]
            assert logged == str(value) or float(logged) == pytest.approx(float(value))
            assert str(row[plain]) == str(value) or float(row[plain]) == pytest.approx(float(value))


def test_the_leaderboard_has_the_baseline_and_is_sorted(wine_job):
    board = wine_job.leaderboard

    assert "majority" in set(board["name"])
    assert board["val_accuracy"].is_monotonic_decreasing


def test_the_exported_file_scores_what_the_leaderboard_says(wine_job):
    summary = wine_job.summary
    assert summary["exported_score"] == pytest.approx(summary["ensemble_score"])
    assert summary["ensemble_score"] >= wine_job.best_score
    assert wine_job.summary["exported_error"] == ""


def test_predictions_are_labels_with_probabilities(wine_job):
    frame = wine_job.predict(wine().head(4))

    probabilities = wine_job.predict_proba(wine().head(4))
    assert len(frame) == 4
    assert set(frame["prediction"]) <= set(probabilities.columns)
    assert probabilities.sum(axis=1).to_numpy() == pytest.approx(np.ones(4), abs=1e-5)


def test_columns_may_come_in_another_order_and_with_others_between(wine_job):
    table = wine().head(4)
    mixed = table[table.columns[::-1]].assign(superfluous=1)

    assert wine_job.predict(mixed).equals(wine_job.predict(table))


def test_a_missing_column_is_named(wine_job):
    with pytest.raises(automl.InputError, match="alcohol"):
        wine_job.predict(wine().drop(columns="alcohol"))


def test_evaluation_has_every_metric_of_the_task(wine_job):
    with pytest.warns(automl.DataWarning, match="142 of 178 rows were trained on"):
        scores = wine_job.evaluate("sklearn:wine")

    assert (scores["rows"], scores["seen_rows"]) == (178, 142)
    assert set(scores["metrics"]) == {
        "accuracy",
        "balanced_accuracy",
        "f1_macro",
        "roc_auc",
        "pr_auc",
        "log_loss",
    }


def test_evaluation_on_rows_of_training_in_another_file_says_so(wine_job, tmp_path):
    frame = labelled_wine().sample(frac=1, random_state=0)
    frame[frame.columns[::-1]].to_csv(tmp_path / "other.csv", index=False)

    with pytest.warns(automl.DataWarning, match="other: 142 of 178 rows were trained on .same values"):
        scores = wine_job.evaluate(tmp_path / "other.csv")
    assert scores["seen_rows"] == 142


def test_evaluation_on_new_rows_says_nothing(wine_job):
    frame = labelled_wine()
    frame["ash"] += np.random.default_rng(0).normal(scale=0.01, size=len(frame))

    scores = wine_job.evaluate(frame)

    assert (scores["seen_rows"], scores["notes"]) == (0, [])


def test_evaluation_on_other_classes_alone_is_refused(wine_job):
    frame = labelled_wine().assign(target="a grape of its own")

    with pytest.raises(DataError, match="labels that training does not have: 'a grape of its own'"):
        wine_job.evaluate(frame)


@pytest.mark.parametrize("content", [None, b"", b"\x93NUMPY\x01", b"PK\x03\x04"])
def test_fingerprints_that_are_gone_or_broken_stop_no_evaluation(wine_job, tmp_path, content):
    folder = wine_job.save(tmp_path / "job")
    (folder / "trained_rows.npy").unlink()
    if content is not None:
        (folder / "trained_rows.npy").write_bytes(content)

    scores = automl.load(folder).evaluate("sklearn:wine", told=lambda notes: None)

    assert scores["seen_rows"] is None
    assert len(scores["notes"]) == 1


def test_the_model_loads_in_plain_keras_and_agrees(wine_job):
    import keras

    import automl.layers  # noqa: F401

    model = keras.models.load_model(wine_job.folder / "model.keras", safe_mode=True)
    table = wine().head(4)
    raw = {name.replace("/", "_"): table[name].to_numpy("float64") for name in table}

    assert np.asarray(model.predict(raw, verbose=0)) == pytest.approx(
        wine_job.predict_proba(table).to_numpy(), abs=1e-5
    )


def test_the_registered_champion_answers_a_raw_table(wine_job, monkeypatch):
    import mlflow

    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{wine_job.folder.parent / 'mlflow.db'}")
    mlflow.set_tracking_uri(None)

    answer = mlflow.pyfunc.load_model("models:/wine@champion").predict(wine().head(4))

    assert list(answer["prediction"]) == list(wine_job.predict(wine().head(4))["prediction"])


@pytest.fixture
def copy(wine_job, tmp_path):
    """The job again, with a store of its own, to be gone on with."""
    store = tmp_path / "mlflow.db"
    shutil.copy(wine_job.folder.parent / "mlflow.db", store)
    copied = wine_job.save(tmp_path / "copy")
    options = yaml.safe_load((copied / "job.yaml").read_text())
    (copied / "job.yaml").write_text(yaml.safe_dump(options | {"tracking_uri": f"sqlite:///{store}"}))
    return copied


def cut_short(folder):
    """Make of a complete job one that was killed before it said so."""
    state = read_json(folder / "state.json")
    write_json(folder / "state.json", {name: state[name] for name in state if name != "ended"})


def test_resume_of_a_complete_job_changes_nothing(wine_job, copy):
    before = {path: path.stat().st_mtime_ns for path in copy.parent.rglob("*") if path.is_file()}
    progress = SilentProgress()

    result = automl.resume(copy, trials=wine_job.summary["trials"], progress=progress)

    kept = {path: path.stat().st_mtime_ns for path in copy.parent.rglob("*") if path.is_file()}
    assert {path: kept.get(path) for path in before} == before
    assert set(kept) - set(before) <= {copy / ".lock"}
    assert result.summary == wine_job.summary
    assert "complete, so nothing was changed" in progress.notes[0]


def test_resume_makes_the_missing_trials_and_repeats_none(copy):
    before = read_json(copy / "result.json")["trials"]

    result = automl.resume(copy, trials=before + 1)

    assert len(result.study.trials) == before + 1
    assert result.summary["trials"] == before + 1


def test_an_interrupted_trial_is_trained_again_under_its_number(copy):
    asked = automl.load(copy).study.ask()

    result = automl.resume(copy, trials=asked.number + 1)

    numbers = [trial.number for trial in result.study.trials]
    assert numbers == list(range(asked.number + 1))
    assert all(trial.state.is_finished() for trial in result.study.trials)


def assert_same_model(one, other):
    """Its weights to the last digit; predictions of two loaded models may differ in it."""
    for mine, its in zip(one.model.get_weights(), other.model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)
    pd.testing.assert_frame_equal(one.predict(wine().head(3)), other.predict(wine().head(3)), rtol=1e-6)


def test_a_best_trial_whose_weights_were_lost_is_trained_again(wine_job, copy):
    best = wine_job.summary["best_trial"]
    (copy / "candidates" / f"{best}.npz").unlink()
    cut_short(copy)

    result = automl.resume(copy)

    assert result.best == wine_job.best
    assert_same_model(result, wine_job)


def test_weights_that_are_damaged_are_trained_again(wine_job, copy):
    (copy / "candidates" / f"{wine_job.summary['best_trial']}.npz").write_bytes(b"no arrays")
    cut_short(copy)

    result = automl.resume(copy)

    assert_same_model(result, wine_job)


def test_a_study_that_lost_its_trials_is_not_begun_anew(wine_job, copy):
    (copy / "study.journal").write_bytes(b"")
    cut_short(copy)

    with pytest.raises(ConfigError, match=r"holds 0 of the 3 trials .* intact copy"):
        automl.resume(copy)
    assert (copy / "leaderboard.csv").exists()


@pytest.mark.parametrize(
    "name", ["leaderboard.csv", "task.json", "schema.json", "model.keras", "result.json"]
)
@pytest.mark.parametrize("content", [b"", b"\0\xff" * 50, b"[" * 9999, b'{"a": 1}', None])
def test_what_a_stranger_put_in_the_place_of_a_file_is_refused(copy, name, content):
    (copy / name).unlink()
    (copy / name).mkdir() if content is None else (copy / name).write_bytes(content)

    with pytest.raises(ConfigError, match=name):
        asked_everything(copy)


def asked_everything(folder):
    result = automl.load(folder)
    return result.best_score, result.leaderboard, result.predict(wine().head(3))


def test_other_data_than_before_is_refused(tmp_path):
    table = wine().assign(target=np.tile(["a", "b"], 89))
    table.to_csv(tmp_path / "data.csv", index=False)
    result = automl.search(
        tmp_path / "data.csv",
        target="target",
        family="linear",
        trials=1,
        epochs=1,
        out=str(tmp_path / "job"),
        tracking=False,
    )
    table.head(100).to_csv(tmp_path / "data.csv", index=False)

    with pytest.raises(ConfigError, match="has changed"):
        automl.resume(result.folder, trials=2)


def test_the_same_seed_gives_the_same_configurations_and_scores(tmp_path):
    boards = [
        automl.search(
            "sklearn:wine",
            family="mlp",
            trials=2,
            epochs=2,
            seed=5,
            portfolio=False,
            out=str(tmp_path / name),
            tracking=False,
        ).leaderboard.drop(columns=["seconds", "compile_seconds"])
        for name in ("first", "second")
    ]

    assert boards[0].equals(boards[1])


def test_several_objectives_give_a_front(tmp_path):
    result = automl.search(
        "sklearn:wine",
        family="mlp",
        metric=("accuracy", "parameters:min"),
        trials=3,
        epochs=1,
        out=str(tmp_path / "job"),
        tracking=False,
    )

    board = result.leaderboard.dropna(subset="trial")
    assert set(board[board["best"]]["trial"]) == {row["trial"] for row in result.summary["front"]}
    assert {"val_accuracy", "parameters"} <= set(result.summary["front"][0])


def test_a_time_limit_is_kept_and_the_best_model_returned(tmp_path):
    import time

    began = time.monotonic()
    result = automl.search(
        "sklearn:wine",
        family="mlp",
        time_limit="12s",
        epochs=2,
        out=str(tmp_path / "job"),
        tracking=False,
    )

    assert time.monotonic() - began < 12 + 15
    assert result.summary["trials"] >= 1
    assert (result.folder / "model.keras").exists()


def test_inputs_that_tell_nothing_are_warned_of(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=60), "y": ["yes"] * 55 + ["no"] * 5})

    result = automl.search(
        frame,
        target="y",
        metric="accuracy",
        family="linear",
        trials=1,
        epochs=1,
        out=str(tmp_path / "job"),
        tracking=False,
    )

    assert "does not beat the baseline" in result.summary["warning"]

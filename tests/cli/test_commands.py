"""The commands on a finished job, and a search from the command line, in this process."""

from __future__ import annotations

import configparser
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from automl.cli.app import run
from automl.cli.commands.doctor import OPTIONAL


def test_search_prints_one_json_object(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    arguments = ["--family", "linear", "--trials", "1", "--epochs", "1", "--no-tracking", "--out", "job"]

    code = run(["search", "sklearn:wine", *arguments, "--json"])

    answer = json.loads(capsys.readouterr().out)
    assert code == 0
    assert answer["trials"] == 1
    assert answer["metric"] == "val_accuracy"
    assert answer["best_configuration"]["family"] == "linear"
    assert answer["mlflow_run_id"] is None


def test_leaderboard_is_a_table_or_json_or_csv(wine_job, capsys):
    assert run(["leaderboard", str(wine_job.folder), "--wide"]) == 0
    table = capsys.readouterr().out
    assert run(["leaderboard", str(wine_job.folder), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert run(["leaderboard", str(wine_job.folder), "--csv"]) == 0

    assert capsys.readouterr().out == (wine_job.folder / "leaderboard.csv").read_text()
    assert table.splitlines()[0].startswith("trial  name")
    assert len(rows) == len(table.splitlines()) - 1 == 4
    assert {type(row["parameters"]) for row in rows if row["trial"] is not None} == {int}


def test_the_leaderboard_fits_the_terminal(wine_job, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "70")

    run(["leaderboard", str(wine_job.folder)])

    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 70
    assert lines[0].split()[:6] == ["trial", "name", "state", "val_accuracy", "in", "model"]
    assert lines[-1] == "Cut to fit the terminal; --wide, --csv or --json show everything."


def test_the_leaderboard_shows_the_parameters_that_differ_within_a_family(tmp_path, capsys):
    toy_leaderboard(tmp_path)

    run(["leaderboard", str(tmp_path)])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["trial", "name", "state", "val_accuracy", "epochs", "configuration"]
    assert [line.split()[5:] for line in lines[1:5]] == [["depth=2"], ["depth=3"], [], []]
    assert lines[5].startswith("pruned: stopped early, as others did better or it was too slow")


def toy_leaderboard(folder: Path, weights: tuple[str, ...] = ("", "")) -> None:
    """Write what a job leaves of three trials and a rule; ``weights`` are those of the first two."""
    first, second = weights
    header = "trial,name,state,val_accuracy,spread,member_weight,epochs,depth,width,dropout,reason"
    rows = [
        f"0,mlp,complete,0.9,,{first},6,2,64,0.1,",
        f"1,mlp,pruned,0.8,,{second},2,3,64,0.1,left behind",
        "2,linear,complete,0.7,,,6,,,0.1,",
        ",majority,complete,0.5,,,0,,,,",
    ]
    (folder / "job.yaml").write_text("name: toy")
    (folder / "leaderboard.csv").write_text("\n".join([header, *rows]))


def test_the_leaderboard_tells_what_the_model_is_made_of_and_rules_from_trials(tmp_path, capsys):
    toy_leaderboard(tmp_path, weights=("0.75", "0.25"))

    run(["leaderboard", str(tmp_path)])

    cells = [line.split() for line in capsys.readouterr().out.splitlines()[1:5]]
    assert [line[4] for line in cells] == ["75%", "25%", "-", "-"]
    assert [line[2] for line in cells] == ["finished", "pruned", "finished", "baseline"]


def test_a_search_ends_with_its_counts(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    arguments = ["--family", "linear", "--trials", "4", "--epochs", "4", "--no-tracking", "--out", "my job"]
    arguments += ["--timings", "--folds", "1"]

    run(["search", "sklearn:wine", *arguments])

    told = capsys.readouterr()
    assert "continues from epoch 2 of 4" in told.err
    assert "Trials: 4 in " in told.out
    assert "Model: my job/model.keras" in told.out
    assert "  automl leaderboard 'my job'" in told.out
    summary = json.loads((tmp_path / "my job" / "result.json").read_text())
    assert summary["trials"] == summary["finished"] + summary["pruned"] == 4
    assert summary["promoted"] == summary["finished"]
    phases = [item["phase"] for item in summary["timings"]]
    assert phases[0] == "reading wine"
    assert {"the first epoch", "all trials", "exporting the best model"} <= set(phases)
    assert all(f"  {phase}" in told.err.partition("took, s  phase")[2] for phase in phases)


@pytest.mark.parametrize(
    ("task", "command"),
    [("language_model", "automl generate {} --prompt TEXT"), ("rating", "automl recommend {} --user ID")],
)
def test_a_search_ends_with_what_is_wrong_and_what_the_model_is_made_for(
    wine_job, tmp_path, capsys, task, command
):
    folder = shutil.copytree(wine_job.folder, tmp_path / "job")
    summary = json.loads((folder / "result.json").read_text())
    summary |= {"task": task, "warning": "Warning: no better than chance."}
    (folder / "result.json").write_text(json.dumps(summary))

    assert run(["resume", str(folder)]) == 0

    told = capsys.readouterr().out
    assert "\nWarning: no better than chance.\nNext:\n" in told
    assert f"\n  {command.format(folder)}\n" in told


def test_predict_writes_a_file(wine_job, tmp_path, capsys):
    output = tmp_path / "predictions.csv"

    assert run(["predict", str(wine_job.folder), "sklearn:wine", "--output", str(output)]) == 0

    assert len(pd.read_csv(output)) == 178
    assert "178 predictions in" in capsys.readouterr().err


def test_predict_says_what_it_could_not_read(wine_job, tmp_path, capsys):
    frame = pd.read_csv(_wine(tmp_path)).astype(object)
    frame.loc[:20, "alcohol"] = "strong"
    frame.assign(extra=1).to_csv(tmp_path / "new.csv", index=False)

    assert run(["predict", str(wine_job.folder), str(tmp_path / "new.csv"), "--output", "-"]) == 0

    told = capsys.readouterr()
    assert "Warning: Column 'alcohol': 21 of 178 cells" in told.err
    assert "'extra'" in told.err
    assert len(pd.read_csv(io.StringIO(told.out))) == 178


def test_evaluate_prints_json(wine_job, capsys):
    assert run(["evaluate", str(wine_job.folder), "sklearn:wine", "--json"]) == 0

    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert answer["rows"] == 178
    assert 0 <= answer["metrics"]["accuracy"] <= 1
    assert answer["seen_rows"] == 142
    assert answer["warnings"] == [told.err.removeprefix("Warning: ").rstrip()]
    assert (
        "Warning: wine: 142 of 178 rows were trained on, because this is the data of the search" in told.err
    )


def test_spaces_are_listed_and_shown(capsys):
    assert run(["spaces"]) == 0
    names = capsys.readouterr().out.split()
    assert run(["spaces", "show", "tabular/mlp"]) == 0

    assert {"tabular/mlp", "image/cnn", "text/ngrams", "series/linear"} <= set(names)
    assert "learning_rate" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["model.keras", "job.yaml", "study.journal"])
def test_predictions_do_not_replace_the_files_of_the_job(wine_job, name, tmp_path, capsys):
    (tmp_path / "new.csv").write_text("a\n1\n")
    before = (wine_job.folder / name).read_bytes()

    arguments = [str(tmp_path / "new.csv"), "--output", str(wine_job.folder / name)]
    assert run(["predict", str(wine_job.folder), *arguments]) == 2

    assert "it is a file of the job" in capsys.readouterr().err
    assert (wine_job.folder / name).read_bytes() == before


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_standard_output_on_a_full_disk_is_told_in_words():
    command = [sys.executable, "-m", "automl", "spaces"]
    with open("/dev/full", "w") as full:
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert run.returncode == 2
    assert run.stderr == "Error: Cannot write standard output: No space left on device.\n"


def test_half_a_leaderboard_is_refused(wine_job, tmp_path, capsys):
    (tmp_path / "job.yaml").write_text("name: half")
    header, first, *_ = (wine_job.folder / "leaderboard.csv").read_text().splitlines()
    (tmp_path / "leaderboard.csv").write_text(f"{header}\n{first[: len(first) // 2]}")

    assert run(["leaderboard", str(tmp_path)]) == 2
    assert "more or fewer cells than the header" in capsys.readouterr().err


def test_doctor_names_versions_and_devices(capsys):
    assert run(["doctor"]) == 0

    text = capsys.readouterr().out
    assert "optuna" in text
    assert "device" in text
    assert "--backend        auto: tensorflow, as KERAS_BACKEND says" in text
    assert " programs, " in text


def test_doctor_looks_for_every_extra_of_users():
    extras = configparser.ConfigParser()
    extras.read(Path(__file__).parents[2] / "setup.cfg")

    asked = set(extras["options.extras_require"]) - {"dev", "bench", "cuda"}

    assert asked == set(OPTIONAL.values())


def test_doctor_says_that_the_store_of_runs_does_not_answer(capsys, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:hunter22@127.0.0.1:9")

    assert run(["doctor"]) == 1

    told = capsys.readouterr()
    assert "http://***@127.0.0.1:9 NOT USABLE" in told.out
    assert "Error: No MLflow server answers" in told.err
    assert "hunter22" not in told.out + told.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search", "sklearn:wines"], "wine"),
        (["search", "sklearn:wine", "--famly", "mlp"], "--family"),
        (["search", "sklearn:wine", "--family", "mpl"], "mlp"),
        (["search", "sklearn:wine", "--set", "widht=3", "--no-tracking"], "width"),
        (["search", "sklearn:wine", "--metric", "rmse", "--no-tracking"], "rmse"),
        (["search"], "No data"),
        (["spaces", "show", "tabular/mpl"], "tabular/mlp"),
        (["predict", "WINE", "sklearn:wine", "--output", "nosuch/x.csv"], "nosuch"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_to_do(
    wine_job, tmp_path, monkeypatch, capsys, arguments, message
):
    monkeypatch.chdir(tmp_path)
    arguments = [str(wine_job.folder) if item == "WINE" else item for item in arguments]

    assert run(arguments) == 2

    assert message in capsys.readouterr().err
    assert not list(tmp_path.glob("runs/*"))


def _wine(folder: Path) -> Path:
    from sklearn.datasets import load_wine

    load_wine(as_frame=True).data.to_csv(folder / "wine.csv", index=False)
    return folder / "wine.csv"


def test_the_help_of_a_search_has_each_option_under_one_heading(capsys):
    assert run(["search", "--help"]) == 0

    text = capsys.readouterr().out
    headings = [line[:-1] for line in text.splitlines() if line.endswith(":") and line[0] != " "]
    assert headings[:5] == ["Data", "Validation", "Goals", "Search", "Budget"]
    assert headings[5:9] == ["Training", "Workers", "Tracking", "Output"]
    rest = text.split("\nOptions:\n")[1]
    assert "--help" in rest
    assert rest.count("--") == 1


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["seach", "a.csv"], "No such command 'seach'. Did you mean 'search'?"),
        (["pruner"], "Known: search, resume"),
        (["spaces", "shwo"], "'show'"),
        (["search", "a.csv", "--targt", "y"], "'--target'"),
    ],
)
def test_a_mistyped_command_or_option_is_refused_with_the_nearest(words, advice, capsys):
    assert run(words) == 2
    assert advice in capsys.readouterr().err


def test_a_copied_job_names_the_model_beside_it(wine_job, tmp_path, capsys):
    copy = Path(shutil.copytree(wine_job.folder, tmp_path / "copy"))

    assert run(["resume", str(copy), "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["model"] == str(copy / "model.keras")
    assert json.loads((copy / "result.json").read_text())["model"] == "model.keras"

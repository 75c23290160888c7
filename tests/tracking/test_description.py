"""What people read of a job and its trials in MLflow's pages."""

from __future__ import annotations

from automl.core.specs import Objective, TrialRecord
from automl.testing.trackers import JOB
from automl.tracking.description import NOTE, end_note, final_metrics, job_facts, job_note, standing

RECORD = TrialRecord(
    number=3,
    configuration={"family": "mlp"},
    state="pruned",
    scores=(0.8,),
    metrics={"accuracy": 0.8, "parameters": 120.0},
    epochs=4,
    best_epoch=3,
    seconds=2.5,
    reason="pruned after epoch 4",
    origin="portfolio",
    effort={"compile_seconds": 1.0, "program_hits": 1.0},
)


def test_only_scores_stand_outside_of_what_the_pages_show_apart():
    found = final_metrics(RECORD, (Objective(name="accuracy", direction="maximize"),))

    assert {name for name in found if "/" not in name} == {"best_val_accuracy", "score", "val_accuracy"}
    assert min([*found, "loss"]) == "best_val_accuracy"
    assert found["system/duration_seconds"] == 2.5
    assert found["system/parameters"] == 120
    assert found["system/compile_seconds"] == 1
    assert "system/program_hits" not in found


def test_a_cost_that_is_optimised_is_a_score():
    found = final_metrics(RECORD, (Objective(name="parameters", direction="minimize"),))

    assert "parameters" in found
    assert "system/parameters" not in found


def test_a_trial_is_told_in_words():
    note = standing(RECORD)[NOTE]

    assert note.startswith("`mlp`, pruned after 4 epochs, the best of which was 3. Proposed by: portfolio.")
    assert note.endswith("Reason: pruned after epoch 4.")


def test_a_job_is_told_in_words():
    note = job_note(JOB, "iris")

    assert "`iris.csv` (150 rows)" in note
    assert "larger is better" in note
    assert end_note("complete", {"best_val_accuracy": 0.91234, "trials": 20}) == (
        "The search is complete. Best: val_accuracy 0.91234, of 20 trials."
    )


def test_counts_of_trials_stand_apart_from_the_best_scores():
    numbers, words = job_facts({"trials": 3, "best_trial": 1, "best_val_loss": 0.5, "winner": "none"})

    assert numbers == {"search/trials": 3, "search/best_trial": 1, "best_val_loss": 0.5}
    assert words == {"winner": "none"}

"""A model card says what the report says, as Markdown that no name of a user's breaks."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from automl.core.figures import Table
from automl.core.reports import Section
from automl.jobs.report.energy import Used
from automl.jobs.report.model_card import NO_GROUPS, facts_of, model_card
from automl.jobs.report.writing import report_of
from tests.jobs.report.searches import many, rule, searched
from tests.jobs.report.test_writing import judged

FACTS = {
    "made": "today",
    "task": "binary",
    "modality": "tabular",
    "data": "a <b>table</b> | of *mine*",
    "split": "800 for training, 200 for validation",
    "goal": "val_accuracy",
    "networks": "1, with 7 parameters in all",
    "seconds": "61 s",
    "energy": Used(seconds=3600, cores=4, gpus=1, gigabytes=16).told,
    "limits of use": "As this data.",
    "to load": 'import automl; automl.load("JOB").predict("new")',
}


def card(**facts: str) -> str:
    job = searched(many(30), baselines=(rule("majority", 0.5),), card=tuple({**FACTS, **facts}.items()))
    return model_card(report_of(job, judged(0.85), kind="binary classification of y", what="y"))


def chapters(text: str) -> dict[str, str]:
    parts = text.split("\n## ")[1:]
    return {part.partition("\n")[0]: part.partition("\n")[2].strip() for part in parts}


def test_every_chapter_is_there_in_order():
    assert list(chapters(card())) == [
        *("Intended use", "Model", "Data", "Split", "Search", "Scores", "Groups", "Limits", "Cost"),
        *("How to load it", "Licence"),
    ]


def test_the_head_is_one_that_hubs_read():
    head = yaml.safe_load(card().split("---")[1])

    assert head == {
        "library_name": "keras",
        "license": "unknown",
        "tags": ["automl", "tabular", "binary"],
    }


def test_chapters_hold_what_belongs_there():
    known = chapters(card())

    assert "| accuracy | 0.85" in known["Scores"]
    assert "0.830 to 0.870" in known["Scores"]
    assert known["Split"] == FACTS["split"]
    assert known["Search"] == "- goal: val_accuracy"
    assert known["Model"].startswith("- networks: 1, with 7 parameters in all\n")
    assert "| width |" in known["Model"]
    assert known["Groups"] == NO_GROUPS
    assert "best of 30 trials" in known["Limits"]
    assert "As this data." in known["Limits"]
    assert known["How to load it"].splitlines()[1:3] == [
        "import automl",
        'automl.load("JOB").predict("new")',
    ]
    assert "kWh" in known["Cost"]


def test_little_energy_is_told_in_watt_hours():
    told = Used(seconds=10, cores=2, gpus=0, gigabytes=16).told

    assert told.startswith("about 0.072 Wh and 0.033 g of CO2")


def test_names_from_files_are_text():
    assert r"- data: a &lt;b>table&lt;/b> \| of \*mine\*" in card()


def test_groups_are_tables():
    job = searched(many(30), card=tuple(FACTS.items()))
    made = report_of(job, judged(0.85), kind="k", what="y")
    table = Table(title="By sex", columns=("sex", "rows"), rows=(("f|m", 10),), note="One is undefined.")
    grouped = replace(made, sections=(*made.sections, Section(key="groups", title="G", figures=(table,))))

    told = chapters(model_card(grouped))["Groups"]

    assert told.splitlines()[:2] == ["**By sex**", ""]
    assert told.splitlines()[2:5] == ["| sex | rows |", "| --- | --- |", r"| f\|m | 10 |"]
    assert "One is undefined." in told


def test_facts_come_back_from_a_report():
    job = searched(many(30), card=(("seed", "0"),))

    assert facts_of(report_of(job, None, kind="k", what="y")) == {"seed": "0"}


@pytest.mark.parametrize(("gpus", "kilowatt_hours"), [(0, 0.046), (2, 0.646)])
def test_energy_is_power_times_time_and_says_what_it_assumes(gpus, kilowatt_hours):
    used = Used(seconds=3600, cores=4, gpus=gpus, gigabytes=16)

    assert used.kilowatt_hours == pytest.approx(kilowatt_hours, rel=0.01)
    assert used.grams == pytest.approx(455 * kilowatt_hours, rel=0.01)
    assert "not measured" in used.told
    assert ("GPU" in used.told) is (gpus > 0)

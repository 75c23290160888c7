"""Data sets that are audited, and what is known to be true of them as they are."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd


@dataclass(frozen=True, kw_only=True)
class AuditSet:
    """A data set.

    Attributes:
        name: as in its folder.
        path: of the file or folder.
        options: of the job.
        known: findings that are true of it, by kind, with the reason.
    """

    name: str
    path: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)

    def frame(self) -> pd.DataFrame:
        """The table of a file, without the columns that are left out."""
        headed = self.options.get("header", True)
        frame = pd.read_csv(
            self.path,
            sep="," if ".csv" in self.path.name else "\t",
            header=0 if headed else None,
            quoting=csv.QUOTE_MINIMAL if ".csv" in self.path.name else csv.QUOTE_NONE,
        )
        if not headed:
            frame.columns = [f"c{number}" for number in frame.columns]
        return frame.drop(columns=list(self.options.get("drop", ())))


KNOWN: Mapping[str, Mapping[str, str]] = {
    "wine_white": {"duplicates": "937 exact duplicates"},
    "phoneme": {"duplicates": "rows of five numbers with few digits"},
    "contraceptive": {"labels": "answers of nine categories repeat"},
    "hotel_rates": {"time": "rates follow the season"},
    "life_expectancy": {"groups": "a country has a row for each year"},
    "bike_sharing": {"time": "hours of two years", "order": "the same"},
    "california_housing": {"order": "districts are listed by place"},
    "abalone": {"order": "likeness of neighbours 0.4, none once shuffled: as they were sampled"},
    "oh_reactions": {"duplicates": "compounds that only their names tell apart"},
    "sms_spam": {"duplicates": "spam is sent many times", "labels": "short messages"},
    "ag_news": {"duplicates": "agencies write a report again"},
    "orl_faces": {"duplicates": "ten photos of one person in a row"},
    "bccd": {"duplicates": "BloodImage_00037 and 00038 show one smear, on both sides of the given split"},
    "camvid": {"duplicates": "frames of one film a second apart"},
    "fights": {"duplicates": "clips of one source video"},
}
"""Findings that are true of data as it is, by set and kind, with the reason."""


def table_sets(data: Path) -> list[AuditSet]:
    """Return the tables: those of the index, and those with a folder of their own."""
    found = []
    for item in json.loads((data / "tables" / "index.json").read_text(encoding="utf-8")):
        path = data / "tables" / item["train"]
        options = {"target": (item["target"],), "task": item["task"]}
        known = {"duplicates": f"{item['duplicates']} exact duplicates"} if item["duplicates"] else {}
        found.append(AuditSet(name=item["name"], path=path, options=options, known=known))
    own = {
        "adult": ("adult/adult-train.csv", "income", ()),
        "titanic": ("titanic/train.csv", "Survived", ()),
        "california_housing": ("california_housing/housing.csv", "median_house_value", ()),
        "telco_churn": ("telco_churn/Telco-Customer-Churn.csv", "Churn", ()),
        "credit_g": ("credit_g/german.csv", "credit_risk", ()),
        "abalone": ("abalone/abalone.csv", "rings", ()),
        "phoneme": ("phoneme/phoneme.csv", "class", ()),
        "penguins": ("penguins/penguins.csv", "species", ()),
        "bike_sharing": ("bike_sharing/hour.csv", "cnt", ("casual", "registered", "instant")),
        "wine_white": ("wine_quality/winequality-white.csv", "quality", ()),
    }
    for name, (file, target, drop) in own.items():
        path = data / "tabular" / file
        found.append(AuditSet(name=name, path=path, options={"target": (target,), "drop": drop}))
    return found


def other_sets(data: Path) -> list[AuditSet]:
    """Return images, texts, sounds and videos."""
    texts = data / "text_classification"
    return [
        AuditSet(name="cifar10_subset", path=data / "image_classification" / "cifar10_subset" / "train"),
        AuditSet(name="sign_digits", path=data / "image_classification" / "sign_language_digits"),
        AuditSet(
            name="pneumonia", path=data / "image_classification" / "pneumonia_mnist" / "pneumoniamnist.npz"
        ),
        AuditSet(
            name="ag_news",
            path=texts / "ag_news_test" / "test.csv",
            options={"target": ("c0",), "header": False, "modality": "text", "task": "multiclass"},
        ),
        AuditSet(
            name="sst2", path=texts / "sst2" / "train.tsv", options={"target": ("c1",), "header": False}
        ),
        AuditSet(
            name="sms_spam",
            path=texts / "sms_spam" / "SMSSpamCollection",
            options={"target": ("c0",), "header": False},
        ),
        AuditSet(name="orl_faces", path=data / "face_recognition" / "orl_faces"),
        AuditSet(name="bccd", path=data / "object_detection" / "bccd"),
        AuditSet(name="camvid", path=data / "driving_scenes" / "camvid" / "train"),
        AuditSet(name="fsdd", path=data / "speech_recognition" / "fsdd_words" / "transcripts.csv"),
        AuditSet(
            name="fights",
            path=data / "video_classification" / "surveillance_fight" / "clips.csv",
            options={"target": ("label",)},
        ),
    ]


def all_sets(data: Path) -> dict[str, AuditSet]:
    """Return all data sets by name."""
    every = (*table_sets(data), *other_sets(data))
    return {item.name: replace(item, known={**item.known, **KNOWN.get(item.name, {})}) for item in every}

"""Parts of real data sets that models are exported on, one for each modality and task."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

ROWS = 1_200
"""Rows of a table that are searched on."""

Take: TypeAlias = Callable[[Path, Path], Path]
"""Copies a part of a data set from one folder to another; gives what is searched."""


@dataclass(frozen=True, kw_only=True)
class Data:
    """A data set and the families that are searched on it.

    Attributes:
        words: what stands in the table of ``docs/export.md``.
        families: names.
        take: copies a part of it.
        options: of the search, ``{place}`` being where the part has been copied to.
    """

    words: str
    families: tuple[str, ...]
    take: Take
    options: Mapping[str, Any] = field(default_factory=dict)


def _table(path: str, separator: str = ",", rows: int = ROWS, **read: Any) -> Take:
    """Rows of a table, evenly spread."""

    def take(folder: Path, place: Path) -> Path:
        frame = pd.read_csv(folder / path, sep=separator, **read)
        frame.iloc[:: max(1, len(frame) // rows)].to_csv(place / "data.csv", index=False)
        return place / "data.csv"

    return take


def _first(path: str, rows: int, separator: str = ",", **read: Any) -> Take:
    """The first rows of a table."""

    def take(folder: Path, place: Path) -> Path:
        frame = pd.read_csv(folder / path, sep=separator, nrows=rows, **read)
        frame.to_csv(place / "data.csv", index=False)
        return place / "data.csv"

    return take


def _mixed(folder: Path, place: Path) -> Path:
    """Messages beside two numbers that are counted in them."""
    frame = pd.read_csv(_table(_SMS, "\t", **_TEXTS)(folder, place))
    counted = frame.assign(length=frame["text"].str.len(), digits=frame["text"].str.count(r"\d"))
    counted.to_csv(place / "data.csv", index=False)
    return place / "data.csv"


def _ratings(folder: Path, place: Path) -> Path:
    """Ratings of the first 100 users."""
    names = ["user", "item", "rating", "time"]
    frame = pd.read_csv(folder / "recommendation/movielens_100k/u.data", sep="\t", names=names)
    frame[frame["user"] <= 100].to_csv(place / "data.csv", index=False)
    return place / "data.csv"


def _words(folder: Path, place: Path) -> Path:
    """The beginning of a text."""
    text = (folder / "language_modelling/tiny_shakespeare/input.txt").read_text(encoding="utf-8")
    (place / "plays.txt").write_text(text[:60_000], encoding="utf-8")
    return place / "plays.txt"


def _digits_spoken(folder: Path, place: Path) -> Path:
    """Sounds in a folder for each digit."""
    for file in sorted((folder / "audio_classification/fsdd/recordings").glob("*_[0-5].wav")):
        group = place / "files" / file.name[0]
        group.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, group)
    return place / "files"


def _folders(path: str, count: int) -> Take:
    """Some files of each folder."""

    def take(folder: Path, place: Path) -> Path:
        for group in sorted(item for item in (folder / path).iterdir() if item.is_dir()):
            (place / "files" / group.name).mkdir(parents=True)
            for file in sorted(group.iterdir())[:count]:
                shutil.copy(file, place / "files" / group.name)
        return place / "files"

    return take


def _beside_a_network(take: Take) -> Take:
    """A part of a data set beside ``network.keras``, for images of 32 x 32, with random weights."""

    def both(folder: Path, place: Path) -> Path:
        import keras

        image = keras.Input((32, 32, 3))
        maps = keras.layers.Conv2D(16, 3, 2, activation="relu")(keras.layers.Rescaling(1 / 255)(image))
        maps = keras.layers.Conv2D(32, 3, 2, activation="relu")(keras.layers.BatchNormalization()(maps))
        scores = keras.layers.Dense(10)(keras.layers.GlobalAveragePooling2D()(maps))
        keras.Model(image, scores).save(place / "network.keras")
        return take(folder, place)

    return both


def _as_it_is(path: str) -> Take:
    return lambda folder, place: folder / path


_SMS = "text_classification/sms_spam/SMSSpamCollection"
_TEXTS: Mapping[str, Any] = {"names": ["label", "text"], "quoting": 3}
_BIKES = "tabular/bike_sharing/day.csv"
_HOURS = ["date", "HUFL", "OT"]

SETS: Mapping[str, Data] = {
    "adult": Data(
        words="table (adult)",
        families=("linear", "mlp", "realmlp", "residual_mlp", "transformer"),
        take=_table("tabular/adult/adult-test.csv"),
        options={"target": "income"},
    ),
    "wine in folds": Data(
        words="table (wine), folds",
        families=("mlp",),
        take=_table("tabular/wine_quality/winequality-red.csv"),
        options={"target": "quality", "task": "regression", "folds": 3},
    ),
    "housing": Data(
        words="table, an amount (California)",
        families=("realmlp", "mlp"),
        take=_table("tabular/california_housing/housing.csv"),
        options={"target": "median_house_value"},
    ),
    "bikes with dates": Data(
        words="table with dates (bikes)",
        families=("realmlp",),
        take=_table(_BIKES, usecols=["dteday", "season", "temp", "hum", "windspeed", "cnt"]),
        options={"target": "cnt"},
    ),
    "bikes both kinds": Data(
        words="two amounts (bikes)",
        families=("mlp",),
        take=_table(_BIKES, usecols=["season", "temp", "hum", "casual", "registered"]),
        options={"target": ("casual", "registered")},
    ),
    "days": Data(
        words="several classes at once (bikes)",
        families=("mlp",),
        take=_table(_BIKES, usecols=["cnt", "temp", "hum", "holiday", "workingday"]),
        options={"target": ("holiday", "workingday")},
    ),
    "adult twice": Data(
        words="table, a class and an amount (adult)",
        families=("mlp",),
        take=_table("tabular/adult/adult-test.csv"),
        options={"target": ("income", "age")},
    ),
    "mammograms": Data(
        words="anomalies (mammography)",
        families=("masked_autoencoder",),
        take=_table("imbalanced/mammography/mammography.csv", usecols=[f"f{at}" for at in range(1, 7)]),
        options={"task": "anomaly"},
    ),
    "digits": Data(
        words="images (digits)",
        families=("cnn", "residual_cnn", "vision_transformer", "patches"),
        take=_folders("image_classification/sign_language_digits", 12),
        options={"image_size": 32},
    ),
    "digits in folds": Data(
        words="images (digits), folds",
        families=("cnn", "vision_transformer"),
        take=_folders("image_classification/sign_language_digits", 12),
        options={"image_size": 32, "folds": 3},
    ),
    "digits by a network": Data(
        words="images (digits)",
        families=("backbone", "frozen"),
        take=_beside_a_network(_folders("image_classification/sign_language_digits", 12)),
        options={"image_size": 32, "pretrained": "{place}/network.keras"},
    ),
    "faces": Data(
        words="verification (ORL faces)",
        families=("cnn", "patches"),
        take=_folders("face_recognition/orl_faces", 10),
        options={"task": "verification", "image_size": 32},
    ),
    "membranes": Data(
        words="masks (ISBI membranes)",
        families=("unet",),
        take=_as_it_is("image_segmentation/isbi_membrane"),
        options={"image_size": 64},
    ),
    "blood cells": Data(
        words="boxes (BCCD)",
        families=("detector",),
        take=_as_it_is("object_detection/bccd"),
        options={"image_size": 96},
    ),
    "streets": Data(
        words="boxes and masks (CamVid)",
        families=("joint",),
        take=_as_it_is("driving_scenes/camvid/train"),
        options={"image_size": 96},
    ),
    "sms": Data(
        words="texts (sms)",
        families=("ngrams", "cnn", "rnn", "transformer"),
        take=_table(_SMS, "\t", **_TEXTS),
        options={"target": "label"},
    ),
    "sms in folds": Data(
        words="texts (sms), folds",
        families=("rnn", "transformer"),
        take=_table(_SMS, "\t", **_TEXTS),
        options={"target": "label", "folds": 3},
    ),
    "sms and numbers": Data(
        words="texts and numbers (sms)",
        families=("fusion",),
        take=_mixed,
        options={"target": "label", "modality": "mixed"},
    ),
    "pairs": Data(
        words="pairs of texts (SICK)",
        families=("siamese", "attention"),
        take=_table(
            "nlu_pairs/sick/SICK_trial.txt",
            "\t",
            usecols=["sentence_A", "sentence_B", "entailment_judgment"],
        ),
        options={"target": "entailment_judgment"},
    ),
    "pairs related": Data(
        words="pairs of texts, an amount (SICK)",
        families=("siamese",),
        take=_table(
            "nlu_pairs/sick/SICK_trial.txt",
            "\t",
            usecols=["sentence_A", "sentence_B", "relatedness_score"],
        ),
        options={"target": "relatedness_score"},
    ),
    "plays": Data(
        words="running text (plays)",
        families=("rnn", "transformer"),
        take=_words,
        options={"tokenizer": "character"},
    ),
    "plays in bytes": Data(
        words="running text, bytes (plays)", families=("rnn",), take=_words, options={"tokenizer": "byte"}
    ),
    "motions": Data(
        words="series (motions)",
        families=("linear", "cnn", "rnn", "transformer", "rocket"),
        take=_as_it_is("time_series_classification/BasicMotions/BasicMotions_TRAIN.ts"),
    ),
    "vowels": Data(
        words="series of any length (vowels)",
        families=("rnn", "transformer", "rocket"),
        take=_as_it_is("time_series_classification/JapaneseVowels/JapaneseVowels_TRAIN.ts"),
    ),
    "motions in folds": Data(
        words="series (motions), folds",
        families=("rnn",),
        take=_as_it_is("time_series_classification/BasicMotions/BasicMotions_TRAIN.ts"),
        options={"folds": 3},
    ),
    "transformer load": Data(
        words="forecast (transformer load)",
        families=("linear", "cnn", "rnn", "transformer"),
        take=_first("time_series_forecasting/etth1/ETTh1.csv", 1500, usecols=_HOURS),
        options={"target": "OT", "horizon": 12, "lookback": 48},
    ),
    "spoken digits": Data(
        words="sounds (spoken digits)", families=("cepstrum", "cnn", "residual_cnn"), take=_digits_spoken
    ),
    "yes and no": Data(
        words="speech (yes and no)",
        families=("crnn", "separable"),
        take=_as_it_is("speech_recognition/yesno/transcripts.csv"),
    ),
    "yes and no by letters": Data(
        words="speech, any letters (yes and no)",
        families=("separable",),
        take=_as_it_is("speech_recognition/yesno/transcripts.csv"),
        options={"tokenizer": "character"},
    ),
    "fights": Data(
        words="videos (fights)",
        families=("motion", "cnn", "space_time_cnn"),
        take=_folders("video_classification/surveillance_fight", 10),
        options={"frames": 4, "image_size": 32},
    ),
    "films rated": Data(
        words="users and items, rated (MovieLens)", families=("dcn", "factorization"), take=_ratings
    ),
    "films ranked": Data(
        words="users and items, ranked (MovieLens)",
        families=("autoencoder", "ease", "two_towers", "sasrec"),
        take=_ratings,
        options={"task": "ranking"},
    ),
}

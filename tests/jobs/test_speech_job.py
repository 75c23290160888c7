"""Recordings with transcripts go the whole way: search, report, transcription, evaluation, plain Keras."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest

import automl
from automl.cli.app import run
from automl.core.transcripts import text_of_points
from tests.data import spoken
from tests.data.sounds import RATE, write
from tests.served import predicted, same, served_files

SMALL = (
    "filters=8", "width=24", "units=24", "mel_bands=16", "batch_size=8", "learning_rate=0.01", "speed=0.0",
    "hop_ms=12", "time_stride=2",
)  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    root = tmp_path_factory.mktemp("speech")
    texts = spoken.sentences(80)
    table = spoken.csv(root, texts)
    parts = ["train"] * 56 + ["dev"] * 12 + ["test"] * 12
    pd.read_csv(table).assign(split=parts).to_csv(table, index=False)
    result = automl.search(
        table, out=root / "job", family="crnn", trials=1, epochs=25, settings=SMALL, tracking=False,
        verbose=0,
    )  # fmt: skip
    return result, table


def test_words_are_learned(found):
    result, table = found

    assert result.summary["task"] == "transcription"
    assert result.summary["metric"] == "val_wer"
    assert not result.summary["exported_error"]
    assert set(result.summary["baselines"]) == {"most frequent transcript", "most frequent word"}
    scores = result.evaluate(table)
    assert scores["rows"] == 12
    assert scores["seen_rows"] == 0
    assert scores["metrics"]["wer"] < 0.2


def test_files_of_any_length_are_transcribed(found, tmp_path):
    result, _ = found
    write(tmp_path / "a.wav", spoken.spoken("hi lo", 7))
    write(tmp_path / "b.wav", spoken.spoken("lo hi " * 5, 8))

    with pytest.warns(automl.DataWarning, match="cut where it is quiet"):
        frame = result.predict(tmp_path)

    assert frame.columns.tolist() == ["file", "start", "end", "prediction"]
    assert frame["prediction"].iloc[0] == "hi lo"
    whole = " ".join(frame.loc[frame["file"] == "b.wav", "prediction"])
    assert len(whole.split()) == pytest.approx(10, abs=2)


def test_plain_keras_gives_the_same_text(found):
    result, table = found
    sound = spoken.spoken("lo hi lo", 9)
    write(table.parent / "new" / "c.wav", sound)
    import automl.layers  # noqa: F401  registers the layers that the file names

    model = keras.models.load_model(result.folder / "model.keras")

    told = model.predict({"sound": sound[None]}, verbose=0)

    (text,) = text_of_points(np.asarray(told["text"]))
    assert text == result.predict(table.parent / "new" / "c.wav")["prediction"][0]
    shares = np.exp(told["log_probabilities"]).sum(axis=-1)
    np.testing.assert_allclose(shares, 1, atol=1e-4)


def test_the_command_writes_a_row_for_each_recording(found, tmp_path):
    result, table = found
    output = tmp_path / "texts.csv"

    assert run(["predict", str(result.folder), str(table), "--output", str(output)]) == 0

    frame = pd.read_csv(output, keep_default_na=False)
    assert len(frame) == 80
    right = frame["prediction"] == pd.read_csv(table)["transcript"]
    assert right.mean() > 0.7


def test_a_server_transcribes_as_predict_does(found, tmp_path):
    result, _ = found
    files = [tmp_path / "new" / name for name in ("a.wav", "b.wav")]
    for place, path in enumerate(files):
        write(path, spoken.spoken("hi lo", place))

    answer = served_files(result, files)

    assert same(answer["predictions"], predicted(result.folder, files[0].parent, tmp_path / "p.json"))


def test_the_report_shows_mistakes(found):
    result, _ = found

    page = (result.folder / "report.html").read_text()

    assert "speech recognition" in page


def test_a_broken_list_is_refused_at_once(tmp_path):
    (tmp_path / "list.jsonl").write_text('{"audio_filepath": "a.wav", "text": "hi"}\n{"audio\n')

    assert run(["search", str(tmp_path / "list.jsonl"), "--no-tracking"]) == 2


def test_rates_differ(found, tmp_path):
    result, _ = found
    sound = np.repeat(spoken.spoken("hi lo", 7), 2)
    write(tmp_path / "double.wav", sound, 2 * RATE)

    notes = []
    (frame,) = result.predict_parts(tmp_path / "double.wav", told=notes.extend)

    assert any("resampled to 2,000 Hz" in note for note in notes)
    assert frame["end"][0] == pytest.approx(len(sound) / (2 * RATE), abs=0.01)

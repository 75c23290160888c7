"""From a text file to a model that writes text, in Python and on the command line."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import automl
from automl.cli.app import run
from automl.jobs.generation import Writing
from automl.tasks.sampling import Sampling
from tests.served import done, predicted, same, served, served_files

NUMBERS = np.random.default_rng(0).integers(0, 1000, 240)
TEXT = "".join(f"{number} green bottles hanging on the wall.\n" for number in NUMBERS)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "bottles.txt"
    path.write_text(TEXT)
    return path


@pytest.fixture(scope="module")
def job(path):
    small = ("units=32", "embedding_size=8", "batch_size=16", "learning_rate=0.01")
    return automl.search(
        path,
        family="rnn",
        settings=small,
        lookback=32,
        trials=1,
        epochs=12,
        tracking=False,
        portfolio=False,
        out=str(path.parent / "job"),
        verbose=0,
    )


def test_the_search_scores_the_end_of_the_text_against_simple_rules(job):
    assert job.summary["task"] == "language_model"
    assert set(job.summary["baselines"]) == {"unigram", "5-gram"}
    assert job.best_score < job.summary["baselines"]["unigram"]["val_bits_per_character"]
    assert job.summary["exported_error"] == ""
    assert any("no target is named" in note for note in job.summary["notes"])


def test_another_text_is_scored(job, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text(TEXT[:500])

    with pytest.warns(automl.DataWarning, match="were trained on"):
        scores = job.evaluate(other)["metrics"]

    assert scores["bits_per_character"] == pytest.approx(scores["nats_per_token"] / np.log(2), rel=1e-6)
    assert scores["perplexity"] == pytest.approx(np.exp(scores["nats_per_token"]), rel=1e-6)


def test_the_exported_model_takes_a_string_and_says_what_may_follow(job):
    model = keras.models.load_model(job.folder / "model.keras")

    told = model.predict({"text": np.array(["7 green bottle", "on the wal"], object)}, verbose=0)

    likeliest = job.writer.tokens.decode(told["next_token_logits"].argmax(axis=1))
    assert likeliest[1] == "l"
    assert told["nats"].shape == (2, 32)


def test_the_same_seed_writes_the_same_text_with_and_without_what_was_read_kept(job):
    how = {"tokens": 90, "sampling": Sampling(temperature=0.8, top_k=9), "seed": 4}

    kept = "".join(job.writer.write("3 green", Writing(**how)))
    again = "".join(job.writer.write("3 green", Writing(**how, cache=False)))

    assert len(kept) == 90
    assert kept == again == job.generate("3 green", tokens=90, temperature=0.8, top_k=9, seed=4)
    assert kept != job.generate("3 green", tokens=90, temperature=0.8, top_k=9, seed=5)


def test_text_is_written_on_the_command_line(job, capsys):
    code = run(["generate", str(job.folder), "--prompt", "2 green", "--tokens", "20", "--temperature", "0"])

    out = capsys.readouterr().out
    assert code == 0
    assert out == "2 green" + job.generate("2 green", tokens=20, temperature=0.0) + "\n"


def test_a_server_writes_text_and_scores_it(job, path, tmp_path):
    written = done(job, "/generate", {"prompt": "2 green", "tokens": 20, "temperature": 0})
    scored = served_files(job, [path])

    assert written == {"text": job.generate("2 green", tokens=20, temperature=0.0)}
    assert same(scored["predictions"], predicted(job.folder, path, tmp_path / "p.json"))
    with pytest.raises(automl.InputError, match="reads running text"):
        served(job, {"rows": [{"text": "a"}]})


@pytest.fixture(scope="module")
def bpe_job(path):
    pytest.importorskip("tokenizers")
    small = ("units=16", "embedding_size=8", "batch_size=16", "learning_rate=0.01", "vocabulary=500")
    return automl.search(
        path,
        family="rnn",
        settings=small,
        tokenizer="bpe",
        lookback=64,
        trials=1,
        epochs=4,
        tracking=False,
        portfolio=False,
        out=str(path.parent / "bpe"),
        verbose=0,
    )


def test_sub_words_are_searched_exported_and_scored(bpe_job, path):
    assert bpe_job.best_score < bpe_job.summary["baselines"]["unigram"]["val_bits_per_character"]
    assert bpe_job.summary["exported_error"] == ""

    with pytest.warns(automl.DataWarning, match="were trained on"):
        scores = bpe_job.evaluate(path)["metrics"]

    tokens = bpe_job.writer.tokens
    assert tokens.unit == "subword"
    assert scores["bits_per_character"] < bpe_job.best_score + 0.5
    # sub-words are longer than characters
    assert scores["nats_per_token"] > 2 * np.log(2) * scores["bits_per_character"]


def test_sub_words_are_written_with_and_without_what_was_read_kept(bpe_job):
    how = {"tokens": 40, "sampling": Sampling(temperature=0.8), "seed": 4}

    kept = "".join(bpe_job.writer.write("3 grün", Writing(**how)))
    again = "".join(bpe_job.writer.write("3 grün", Writing(**how, cache=False)))

    assert kept == again
    assert len(kept) > 40


def test_the_exported_model_of_sub_words_takes_a_string(bpe_job):
    model = keras.models.load_model(bpe_job.folder / "model.keras")

    told = model.predict({"text": np.array(["7 green bottles hanging", ""], object)}, verbose=0)

    assert told["next_token_logits"].shape == (2, bpe_job.writer.tokens.size)
    assert told["nats"].shape == (2, 64)
    assert not told["nats"][1].any()


def test_metrics_that_compare_the_same_tokens_only_are_refused_where_these_are_searched(path, tmp_path):
    with pytest.raises(automl.InputError, match="'nats_per_token' compares models with the same tokens"):
        automl.search(
            path, tokenizer="bpe", metric="nats_per_token", tracking=False, out=str(tmp_path), verbose=0
        )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"prompt": "größe"}, "not trained on"),
        ({"tokens": 10**6}, "at most 1,000"),
        ({"top_p": 2}, "top_p"),
        ({"prompt": 3}, "prompt: expected a text, got 3"),
        ({"promt": "a"}, "Did you mean 'prompt'"),
        (["a"], "Expected an object"),
    ],
)
def test_a_server_refuses_what_cannot_be_written(job, body, message):
    with pytest.raises(automl.InputError, match=message):
        done(job, "/generate", body)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--prompt", "größe"], "not trained on: 'ßö'"),
        (["--prompt", ""], "prompt is empty"),
        (["--tokens", "0"], "tokens: expected a number from 1"),
        (["--top-p", "2"], "top_p"),
    ],
)
def test_what_cannot_be_written_is_refused(job, capsys, option, message):
    assert run(["generate", str(job.folder), *option]) == 2
    assert message in capsys.readouterr().err


def test_a_model_of_another_task_writes_no_text(wine_job):
    with pytest.raises(automl.InputError, match="writes no text"):
        wine_job.generate("a")

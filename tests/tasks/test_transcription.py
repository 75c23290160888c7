"""From scores at steps to text, and the loss that makes such scores."""

from __future__ import annotations

from itertools import product

import keras
import numpy as np
import pytest

from automl.core.targets import TARGET
from automl.core.transcripts import (
    STRANGE,
    cleaned,
    decoded,
    encoded,
    steps_needed,
    text_of_points,
    usual_unit,
)
from automl.tasks.catalog import fit_task
from automl.tasks.ctc import (
    LOG_PROBABILITIES,
    OUTSIDE,
    SCORES,
    TEXT,
    BlankOutside,
    CtcPerCharacter,
    GreedyText,
    log_shares,
)
from automl.tasks.evidence.transcription import confusions, evidence
from automl.tasks.known_words import KnownWords, lexicon, spelled
from automl.tasks.shown import Shown

ALPHABET = " abé"


def task(*texts, unit="character"):
    targets = {TARGET: np.array(texts, dtype=object)}
    return fit_task("transcription", targets, names=("transcript",), facts={"unit": unit})


def sure(*ways):
    """Scores of networks that are sure of a class at each step: ``.`` is the blank."""
    classes = "." + ALPHABET
    scores = np.full((len(ways), len(ways[0]), len(classes)), -9.0, np.float32)
    for row, way in enumerate(ways):
        for step, one in enumerate(way):
            scores[row, step, classes.index(one)] = 9.0
    return scores


def test_texts_have_one_form():
    assert cleaned("  a  b\tc ") == "a b c"
    assert cleaned("e\N{COMBINING ACUTE ACCENT}") == "é"
    assert steps_needed("aab") == 4
    assert steps_needed("") == 0


def test_ids_tell_known_characters_and_strange_ones():
    ids = encoded(["ab", "", "éx"], ALPHABET)

    assert ids.tolist() == [[2, 3], [0, 0], [4, 5]]
    assert decoded(ids, ALPHABET) == ["ab", "", f"é{STRANGE}"]


def test_repetitions_are_written_once_and_blanks_not_at_all():
    ways = ["aa.ab ", "......", ".b  éé", " a..a "]

    found = task(ALPHABET).decode(task(ALPHABET).finish({SCORES: sure(*ways)}))

    assert found["prediction"].tolist() == ["aab", "", "b é", "aa"]


def test_the_layer_writes_what_arrays_give():
    scores = np.random.default_rng(0).normal(size=(6, 20, 5)).astype(np.float32)
    fitted = task(ALPHABET)

    layer = GreedyText([ord(one) for one in ALPHABET])

    wanted = fitted.finish({SCORES: scores})[TEXT]
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(layer(scores)), wanted)
    assert layer.compute_output_spec(keras.KerasTensor((None, 20, 5))).shape == (None, 20)


def test_nothing_is_written_behind_the_end_of_a_sound():
    sound = np.zeros((2, 100), np.float32)
    sound[0, 45:] = np.nan
    scores = np.random.default_rng(1).normal(size=(2, 10, 4)).astype(np.float32)

    kept = keras.ops.convert_to_numpy(BlankOutside()([scores, sound]))

    np.testing.assert_array_equal(kept[0, :5], scores[0, :5])
    np.testing.assert_array_equal(kept[0, 5:], np.tile([0, *[OUTSIDE] * 3], (5, 1)))
    np.testing.assert_array_equal(kept[1], scores[1])


def test_steps_behind_the_end_cost_nothing():
    ids = {TARGET: np.array([[1, 2, 0]], np.int32)}
    scores = np.random.default_rng(2).normal(size=(1, 8, 4)).astype(np.float32)
    behind = np.tile(np.array([0, *[OUTSIDE] * 3], np.float32), (1, 5, 1))
    loss = CtcPerCharacter()

    alone = float(loss(ids, {SCORES: scores}))

    padded = float(loss(ids, {SCORES: np.concatenate([scores, behind], axis=1)}))
    assert padded == pytest.approx(alone, rel=1e-5)
    assert float(loss(ids, {SCORES: sure("aabb    "[:8])})) >= 0


def test_the_loss_is_small_for_the_right_text_only():
    ids = {TARGET: encoded(["ab"], ALPHABET)}
    loss = CtcPerCharacter()

    assert float(loss(ids, {SCORES: sure(".a.b..")})) < 0.01
    assert float(loss(ids, {SCORES: sure(".a.a..")})) > 1


def test_scores_count_what_the_alphabet_does_not_have_as_errors():
    fitted = task("ab a", "b")
    encoded_targets = fitted.encode({TARGET: np.array(["ab", "xb"], dtype=object)})
    scores = np.full((2, 4, 4), -9.0, np.float32)
    for step, one in enumerate((2, 0, 3, 0)):
        scores[:, step, one] = 9.0
    scorer = fitted.scorer()

    scorer.update(encoded_targets, fitted.finish({SCORES: scores}))

    assert scorer.result()["wer"] == 0.5
    assert scorer.result()["cer"] == 0.25
    assert np.isfinite(scorer.result()["ctc_nats"])


def test_predictions_that_are_no_numbers_have_no_score():
    fitted = task("ab")
    finished = fitted.finish({SCORES: np.full((1, 3, 3), np.nan, np.float32)})
    scorer = fitted.scorer()

    scorer.update(fitted.encode({TARGET: np.array(["ab"], dtype=object)}), finished)

    assert all(value != value for value in scorer.result().values())


def test_simple_rules_write_what_is_most_frequent():
    fitted = task("ab ab b", "b", "b")
    train = fitted.encode({TARGET: np.array(["ab ab b", "b", "b"], dtype=object)})

    rules = fitted.baselines(train, train, {})

    texts = {name: fitted.decode(found)["prediction"].tolist() for name, found in rules.items()}
    assert texts == {"most frequent transcript": ["b"] * 3, "most frequent word": ["b"] * 3}
    scorer = fitted.scorer()
    scorer.update(train, rules["most frequent word"])
    assert scorer.result()["wer"] == pytest.approx(2 / 5)


def test_mistaken_words_are_shown():
    fitted = task("a b", "b")
    truth = fitted.encode({TARGET: np.array(["a b", "b"], dtype=object)})
    finished = fitted.finish({SCORES: np.stack([_writes("b b"), _writes("b")])})
    shown = Shown(task=fitted, encoded=truth, truth={}, predictions=finished)

    found = evidence(shown)

    assert confusions("a b c", "a x") == {("b", "x"): 1, ("c", ""): 1}
    (table,) = found.figures
    assert table.rows == (("a", "b", 1),)
    assert [(item.row, item.truth, item.answer) for item in found.mistakes] == [(0, "a b", "b b")]
    assert LOG_PROBABILITIES in finished


def _writes(text):
    """Scores over `` ab`` that write a text, a blank behind each character."""
    scores = np.full((8, 4), -9.0, np.float32)
    scores[:, 0] = 0.0
    for place, one in enumerate(text):
        scores[2 * place, 1 + " ab".index(one)] = 9.0
    return scores


def test_few_words_may_be_all_that_is_said():
    assert usual_unit(["yes no", "no yes"] * 5) == "word"
    assert usual_unit(["yes no", "no yes"] * 5 + ["maybe"]) == "character"
    assert usual_unit([""]) == "character"


def brute(logs, words, alphabet):
    """The likeliest way to write up to four words, all of them tried."""
    best = ("", float(logs[:, 0].sum()))
    for count in (1, 2, 3, 4):
        for chosen in product(words, repeat=count):
            text = " ".join(chosen)
            score = _best_way(logs, [1 + alphabet.index(one) for one in text])
            best = max(best, (text, score), key=lambda item: item[1])
    return best[0]


def _best_way(logs, ids):
    """The score of the likeliest way to write ids (Viterbi)."""
    states = [0, *(one for place in ids for one in (place, 0))]
    score = np.full(len(states), -np.inf)
    score[:2] = logs[0, states[:2]]
    for step in logs[1:]:
        come = np.concatenate([[-np.inf], score[:-1]])
        skip = np.concatenate([[-np.inf] * 2, score[:-2]])
        jumps = [i > 1 and s != 0 and s != states[i - 2] for i, s in enumerate(states)]
        score = np.maximum(np.maximum(score, come), np.where(jumps, skip, -np.inf)) + step[states]
    return max(score[-2:])


@pytest.mark.parametrize("words", [("no", "yes"), ("a", "an", "ann", "n")])
def test_known_words_are_the_likeliest_of_all_texts_of_such_words(words):
    alphabet = "".join(sorted({*" ".join(words)}))
    scores = np.random.default_rng(3).normal(size=(6, 7, len(alphabet) + 1)).astype(np.float32) * 2
    logs = log_shares(scores)

    found = spelled(logs, lexicon(words, alphabet), np)

    texts = text_of_points(found)
    assert texts == [brute(row, words, alphabet) for row in logs]
    layer = KnownWords(words, alphabet)
    for written in (layer(logs), layer.in_plain_loop(logs)):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(written), found)


def test_a_single_word_is_written_where_no_space_ever_was():
    fitted = task("no", "yes", unit="word")
    scores = np.random.default_rng(4).normal(size=(8, 12, 6)).astype(np.float32)

    texts = fitted.decode(fitted.finish({SCORES: scores}))["prediction"].tolist()

    assert set(texts) <= {"", "no", "yes"}

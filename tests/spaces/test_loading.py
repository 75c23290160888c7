from __future__ import annotations

import re

import pytest

from automl.core.errors import SpaceError
from automl.core.extensions import FAMILY_GROUP, TASK_GROUP
from automl.spaces.loading import dump_space, load_space, shipped_spaces, space_text
from automl.spaces.parameters import Float
from automl.spaces.parsing import parse_space
from tests.spaces.samples import TEXT, sample_space


def parse(text: str):
    return parse_space(text, source="mine.yaml", name="mine")


def parameter(line: str):
    return parse(f"epochs: 3\nparameters:\n  good: {{type: boolean}}\n  x: {line}\n")


def test_a_space_of_ones_own_is_loaded_from_a_file(tmp_path):
    (tmp_path / "mine.yaml").write_text(TEXT.replace("name: tabular/mlp\n", ""))
    space = load_space(tmp_path / "mine.yaml", task="regression")
    assert (space.name, space.epochs) == ("mine", 20)
    assert "smoothing" not in space.default()


def test_every_family_has_what_a_task_declares_for_its_options():
    for name in ("tabular/mlp", "image/cnn"):
        balance = load_space(name, task="joint")["balance"]

        assert balance == Float(name="balance", low=0.2, high=0.8, default=0.5, tasks=("joint",))
        assert "balance" in load_space(name).default()
        assert "balance" not in load_space(name, task="binary").default()


def test_a_family_may_narrow_what_a_task_declares(install):
    bins = "bins: {type: integer, low: 2, high: 4, tasks: [counting]}"
    space = f"name: toy/narrow\nepochs: 3\nparameters:\n  {bins}\n"
    task = """
from automl.metrics.metric import Metric
from automl.tasks.declaration import TaskDeclaration

TASK = TaskDeclaration(
    name="counting",
    words="counting of things",
    module="toy.nowhere",
    metrics=(Metric(name="miscounts", direction="minimize"),),
    targets="count",
    parameters="bins: {type: integer, low: 2, high: 64}\\nsharp: {type: boolean, default: false}",
)
"""
    entries = {TASK_GROUP: {"counting": "toy:TASK"}, FAMILY_GROUP: {"toy/narrow": "toy:FAMILY"}}
    files = {"toy/__init__.py": task, "toy/search_spaces/toy/narrow.yaml": space}
    install("automl-toy", entries, files)

    narrow, wide = (load_space(name, task="counting") for name in ("toy/narrow", "tabular/linear"))

    assert (narrow["bins"].high, wide["bins"].high) == (4, 64)
    assert narrow["sharp"].default is wide["sharp"].default is False


def test_a_file_of_ones_own_is_searched_as_it_is(tmp_path):
    (tmp_path / "mine.yaml").write_text(TEXT)

    assert "balance" not in load_space(tmp_path / "mine.yaml", task="joint").default()


def test_numbers_without_a_dot_are_numbers():
    space = parameter("{type: float, low: 1e-4, high: 1E2, default: 1e-3}")
    assert space["x"] == Float(name="x", low=0.0001, high=100.0, default=0.001)


def test_a_default_left_out_is_the_middle():
    assert parameter("{type: float, low: 1e-4, high: 1e-2, log: true}")["x"].default == pytest.approx(1e-3)
    assert parameter("{type: integer, low: 0, high: 9, step: 3}")["x"].default == 3
    assert parameter("{type: choice, values: [null, 2]}")["x"].default is None


def test_kinds_of_data_are_kept_when_a_space_is_written():
    text = "epochs: 3\nparameters:\n  x: {type: boolean, kinds: [image, tokens]}\n"
    space = parse_space(dump_space(parse(text)), source="again", name="mine")
    assert space["x"].kinds == ("image", "tokens")


def test_a_dumped_space_reads_back_as_the_same():
    assert parse(dump_space(sample_space())) == sample_space()


def test_a_choice_of_texts_that_look_like_numbers_reads_back_as_texts():
    space = parameter("{type: choice, values: ['1e-3', '2', 'no', 3e4, 'null'], default: '2'}")
    assert parse(dump_space(space))["x"].values == ("1e-3", "2", "no", 3e4, "null")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{type: integer, low: 1.5, high: 3}", "'low' must be an integer, got the number 1.5"),
        ("{type: float, low: small, high: 3}", "'low' must be a number, got the text 'small'"),
        ("{type: float, low: 0, high: 1, log: 3}", "'log' must be true or false, got the number 3"),
        ("{type: integer, low: 9, high: 3}", "reversed: 'low' 9 is above 'high' 3"),
        ("{type: float, low: 0, high: 1, log: true}", "'log' needs a 'low' above 0"),
        ("{type: float, low: 0, high: 1, default: 2}", "'default' 2.0 lies outside"),
        ("{type: float, low: 0, hihg: 1}", "unknown key 'hihg'. Did you mean 'high'"),
        ("{type: float, low: 0}", "key 'high' is missing"),
        ("{type: flaot, low: 0, high: 1}", "unknown type 'flaot'. Did you mean 'float'"),
        ("{type: choice, values: 3}", "'values' must be a list, got the number 3"),
        ("{type: choice, values: [[1], 2]}", "'values' must be a list of plain values"),
        ("{type: choice, values: [a, b], default: c}", "'default' 'c' is not among the values"),
        ("{type: boolean, when: {goood: true}}", "depends on 'goood'.*Did you mean 'good'"),
        ("{type: boolean, when: {x: true}}", "cycle: x -> x"),
        ("{type: boolean, when: {good: {low: 2, high: 1}}}", "reversed"),
        ("{type: boolean, when: {good: {low: 2}}}", "key 'high' is missing"),
        ("{type: boolean, when: good}", "'when' must be a mapping"),
        ("{type: boolean, kinds: [1]}", "'kinds' must be a list of names"),
        ("{type: boolean, tasks: [binry]}", "unknown task 'binry'.*Did you mean 'binary'"),
        ("{type: boolean, default: 1}", "'default' must be true or false, got the number 1"),
        ("{type: constant}", "key 'value' is missing"),
        ("3", "expected a mapping of keys to values, got the number 3"),
        ("{type: boolean, type: integer}", "key 'type' appears twice"),
        ("!!python/object/apply:os.getcwd []", "the tag .*os.getcwd is not allowed"),
        ("{type: constant, value: !!python/name:os.getcwd }", "tag .* is not allowed"),
    ],
)
def test_an_error_names_file_line_and_parameter(line, message):
    with pytest.raises(SpaceError, match=rf"mine\.yaml, line 4: .*{message}"):
        parameter(line)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "mine.yaml is empty"),
        ("a: [1", "mine.yaml, line 1: not valid YAML"),
        ("epochs: 3", "key 'parameters' is missing"),
        ("epochs: many\nparameters: {}", "line 1: 'epochs' must be an integer, got the text 'many'"),
        ("parameters: {}\nepochs: 0", "line 2: 'epochs' must be at least 1"),
        (
            "epochs: 3\nparameters: {}\nportfolo: []",
            "line 3: unknown key 'portfolo'. Did you mean 'portfolio'",
        ),
        ("epochs: 3\nparameters: [a]", "line 2: 'parameters' must be a mapping"),
        ("epochs: 3\n[a, b]: 1", "line 2: expected a plain name before ':', got a list"),
        ("epochs: 3\n? {a: b}\n: 1", "line 2: expected a plain name before ':', got a mapping"),
        (
            "epochs: 3\nparameters:\n  x: {type: boolean}\n  x: {type: boolean}",
            "line 4: key 'x' appears twice",
        ),
        ("epochs: 3\nparameters:\n  x: &a {type: boolean}\n  y: *a", "line 4: aliases"),
        (TEXT + "  - {wdith: 3}", "line 17: portfolio entry 3: .*'wdith'.*Did you mean 'width'"),
        (TEXT + "  - {width: 3}", "line 17: portfolio entry 3: 3 does not fit parameter 'width'"),
        (TEXT + "  - {momentum: 0.9}", "line 17: portfolio entry 3: .*'momentum' is not active"),
        (TEXT + "  - {width: [3]}", "line 17: portfolio entry 3: 'width' must be one value"),
    ],
)
def test_an_error_of_the_whole_names_its_line(text, message):
    with pytest.raises(SpaceError, match=message):
        parse(text)


def test_an_unknown_space_is_refused_with_the_nearest_name(tmp_path):
    with pytest.raises(SpaceError, match=r"no search space 'tabluar/mlp'"):
        load_space("tabluar/mlp")
    with pytest.raises(SpaceError, match="cannot be read"):
        load_space(tmp_path / "absent.yaml")


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    (tmp_path / "latin.yaml").write_bytes("name: é".encode("latin-1"))
    with pytest.raises(SpaceError, match="not UTF-8"):
        load_space(tmp_path / "latin.yaml")


@pytest.mark.parametrize("name", shipped_spaces())
def test_a_shipped_space_loads_and_its_default_and_portfolio_fit(name):
    space = load_space(name)
    assert space.name == name
    space.validate(space.default())
    for start in space.starts():
        space.validate(start)


@pytest.mark.parametrize("name", shipped_spaces())
def test_every_default_of_a_shipped_space_has_a_comment_with_its_source(name):
    text = space_text(name)
    lines, space = text.splitlines(), parse_space(text, source=name, name=name)
    for key, kind in ((item.name, item.kind) for item in space.parameters):
        start = next(index for index, line in enumerate(lines) if re.match(rf"  {key}:", line))
        rest = [line for line in lines[start + 1 :] if not line.startswith("    ")]
        end = lines.index(rest[0], start + 1) if rest else len(lines)
        block = lines[start:end]
        assert kind == "constant" or any("default:" in line for line in block), key
        assert kind == "constant" or any("#" in line for line in [lines[start - 1], *block]), key


def test_tasks_may_have_their_own_full_length(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "epochs: {default: 50, forecasting: 10}\nparameters:\n  a: {type: boolean, default: true}\n"
    )

    assert load_space(path, task="forecasting").epochs == 10
    assert load_space(path, task="binary").epochs == 50
    assert parse_space(dump_space(load_space(path)), source="x", name="own") == load_space(path)


@pytest.mark.parametrize(
    ("epochs", "message"),
    [("{forecasting: 10}", "'default' is missing"), ("{default: 5, forcasting: 9}", "forecasting")],
)
def test_wrong_full_lengths_are_refused(tmp_path, epochs, message):
    path = tmp_path / "own.yaml"
    path.write_text(f"epochs: {epochs}\nparameters:\n  a: {{type: boolean, default: true}}\n")

    with pytest.raises(SpaceError, match=message):
        load_space(path)


def test_tasks_may_have_their_own_portfolio(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "epochs: 5\nparameters:\n  a: {type: integer, low: 1, high: 9, default: 5}\n"
        "portfolio:\n  default: [{a: 1}]\n  forecasting: [{a: 2}, {a: 3}]\n"
    )
    space = load_space(path)

    assert load_space(path, task="forecasting").starts() == [{"a": 2}, {"a": 3}]
    assert load_space(path, task="binary").starts() == [{"a": 1}]
    assert parse_space(dump_space(space), source="x", name="own") == space


def test_a_wrong_portfolio_of_a_task_is_refused(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "epochs: 5\nparameters:\n  a: {type: boolean, default: true}\nportfolio:\n  forecasting: [{b: 2}]\n"
    )

    with pytest.raises(SpaceError, match="'b'"):
        load_space(path)

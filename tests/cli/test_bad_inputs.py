"""Bad input of all sorts: one sentence that says what to do, exit code 2, and nothing left behind."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from automl.cli.app import run

GOOD = "a,b,y\n" + "".join(f"{i % 7},{i * 0.5},{'pq'[i % 2]}\n" for i in range(40))


@dataclass(frozen=True)
class Bad:
    """A command that must be refused, with the file that it is given."""

    name: str
    arguments: tuple[str, ...]
    content: bytes | None = None
    file: str = "t.csv"


def table(name: str, content: str | bytes, *arguments: str, file: str = "t.csv") -> Bad:
    data = content.encode() if isinstance(content, str) else content
    return Bad(name, ("search", file, *(arguments or ("--target", "y"))), data, file)


def option(*arguments: str) -> Bad:
    return Bad(" ".join(arguments)[:60], ("search", "t.csv", "--target", "y", *arguments), GOOD.encode())


def job(name: str, text: str | bytes) -> Bad:
    data = text.encode() if isinstance(text, str) else text
    return Bad(f"job {name}", ("search", "--job", "job.yaml"), data, "job.yaml")


def space(name: str, text: str) -> Bad:
    return Bad(f"space {name}", ("search", "sklearn:wine", "--space", "s.yaml"), text.encode(), "s.yaml")


TABLES = [
    table("empty", ""),
    table("blank lines", "\n\n\n"),
    table("header alone", "a,b,y\n"),
    table("one row", "a,b,y\n1,2,p\n"),
    table("nine rows", "a,y\n" + "1,p\n2,q\n" * 4),
    table("no such target", GOOD, "--target", "z"),
    table("misspelt target", GOOD, "--target", "Y"),
    table("no target", GOOD, "--trials", "1"),
    table("empty target name", GOOD, "--target", ""),
    table("target twice and unknown", GOOD, "--target", "y", "--target", "z"),
    table("two headers alike", "a,a,y\n1,2,p\n" * 20),
    table("row too long", GOOD + "1,2,p,4\n"),
    table("row too short", GOOD + "1,2\n"),
    table("quote never closed", GOOD + '1,"2,p\n3,4,q\n'),
    table("NUL bytes", b"a,b,y\n" + b"\x00\x01\x02,1,p\n" * 20),
    table("random bytes", bytes(np.random.default_rng(0).integers(0, 256, 5000, dtype=np.uint8))),
    table("a PNG named csv", b"\x89PNG\r\n\x1a\n" + b"\x00" * 400),
    table("a zip named csv", b"PK\x03\x04" + b"\x14\x00" * 200),
    table("a gzip that is none", b"a,b,y\n1,2,p\n", file="t.csv.gz"),
    table("a gzip cut off", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abc", file="t.csv.gz"),
    table("parquet that is none", b"PAR1 not really", file="t.parquet"),
    table("empty parquet", b"", file="t.parquet"),
    table("npz that is none", b"PK not really", "--trials", "1", file="t.npz"),
    table("empty npz", b"", "--trials", "1", file="t.npz"),
    table("ts without data", "@problemName x\n", "--trials", "1", file="t.ts"),
    table("ts of nonsense", "hello\nworld\n", "--trials", "1", file="t.ts"),
    table(
        "ts with words", "@classLabel true a b\n@data\n1,two,3:a\n1,2,3:b\n", "--trials", "1", file="t.ts"
    ),
    table("json", json.dumps([{"a": 1, "y": "p"}] * 20)),
    table("jsonl", '{"a": 1, "y": "p"}\n' * 20),
    table("html", "<html><body><table><tr><td>1</td></tr></table></body></html>\n" * 3),
    table("xml", "<?xml version='1.0'?>\n<rows><row a='1' y='p'/></rows>\n"),
    table("one class", "a,y\n" + "1,p\n2,p\n" * 20),
    table("target all missing", "a,y\n" + "1,\n2,\n" * 20),
    table("target constant number", "a,y\n" + "1,5\n2,5\n" * 20, "--target", "y", "--task", "regression"),
    table("every label another", "a,y\n" + "".join(f"{i},word{i}x\n" for i in range(80))),
    table("only the target", "y\n" + "p\nq\n" * 20),
    table("constant features", "a,b,y\n" + "1,1,p\n1,1,q\n" * 20),
    table("empty features", "a,b,y\n" + ",,p\n,,q\n" * 20),
    table("text for a number", "a,y\n" + "1,x1\n2,x2\n" * 20, "--target", "y", "--task", "regression"),
    table("three classes, binary", "a,y\n" + "1,p\n2,q\n3,r\n" * 9, "--target", "y", "--task", "binary"),
    table("unknown group column", GOOD, "--target", "y", "--group-column", "g"),
    table("unknown id column", GOOD, "--target", "y", "--id-column", "g"),
    table("unknown time column", GOOD, "--target", "y", "--time-column", "g"),
    table("one group", "a,g,y\n" + "1,g,p\n2,g,q\n" * 20, "--target", "y", "--group-column", "g"),
    table("times that are none", GOOD, "--target", "a", "--time-column", "y", "--horizon", "2"),
    table(
        "series too short",
        "t,y\n" + "".join(f"2024-01-{i + 1:02},1\n" for i in range(12)),
        "--target",
        "y",
        "--horizon",
        "30",
    ),
    table(
        "series of words",
        "t,y\n" + "".join(f"2024-01-{i + 1:02},w\n" for i in range(28)),
        "--target",
        "y",
        "--horizon",
        "2",
    ),
    table(
        "half the times unreadable",
        "t,y\n" + "".join(f"{f'2024-01-{i % 28 + 1:02}' if i % 2 else 'soon'},{i}\n" for i in range(60)),
        "--target",
        "y",
        "--horizon",
        "2",
        "--time-column",
        "t",
    ),
    table("pictures that are not there", "file,y\n" + "a.png,p\nb.png,q\n" * 20),
    table("asked for pictures", GOOD, "--target", "y", "--modality", "image"),
    table("forecast asked of words", "a,y\n" + "u,p\nv,q\n" * 20, "--target", "y", "--task", "forecasting"),
    table(
        "multilabel of words",
        "a,y,z\n" + "1,p,u\n2,q,v\n" * 20,
        *("--target", "y", "--target", "z", "--task", "multilabel"),
    ),
    table("keep an unknown column", GOOD, "--target", "y", "--keep", "nope"),
    table("drop an unknown column", GOOD, "--target", "y", "--drop", "nope"),
    table("drop all", GOOD, "--target", "y", "--drop", "a", "--drop", "b"),
    table("drop the target", GOOD, "--target", "y", "--drop", "y"),
    table("folds beyond rows", GOOD, "--target", "y", "--folds", "500"),
    table("header false and names", GOOD, "--target", "y", "--no-header"),
]

OPTIONS = [
    option("--trials", "0"),
    option("--trials", "-1"),
    option("--trials", "many"),
    option("--trials", "1.5"),
    option("--time", "0"),
    option("--time", "0s"),
    option("--time", "-5m"),
    option("--time", "soon"),
    option("--time", "5 parsecs"),
    option("--time", "1e400h"),
    option("--time", "nan"),
    option("--trial-time", "0"),
    option("--trial-time", "x"),
    option("--epochs", "0"),
    option("--epochs", "-3"),
    option("--epochs", "ten"),
    option("--folds", "0"),
    option("--folds", "-2"),
    option("--folds", "2", "--validation", "t.csv"),
    option("--seed", "-1"),
    option("--seed", "4294967296"),
    option("--seed", "99999999999999999999999"),
    option("--seed", "x"),
    option("--workers", "0"),
    option("--workers", "-1"),
    option("--workers", "some"),
    option("--workers", "1.5"),
    option("--executor", "moon"),
    option("--executor", "inline", "--workers", "3"),
    option("--memory-limit", "big"),
    option("--memory-limit", "0"),
    option("--memory-limit", "-4GB"),
    option("--attempts", "0"),
    option("--worker-cores", "0"),
    option("--trials-per-gpu", "0"),
    option("--horizon", "0"),
    option("--horizon", "-1"),
    option("--lookback", "0"),
    option("--image-size", "0"),
    option("--image-size", "-32"),
    option("--sampler", "tpee"),
    option("--sampler", ""),
    option("--pruner", "rung"),
    option("--engine", "steam"),
    option("--precision", "float8"),
    option("--strategy", "mirror"),
    option("--backend", "theano"),
    option("--metric", "acuracy"),
    option("--metric", "rmse"),
    option("--metric", "accuracy:min"),
    option("--metric", "accuracy:up"),
    option("--metric", ""),
    option("--constraint", "parameters"),
    option("--constraint", "parameters<=lots"),
    option("--constraint", "size<=5"),
    option("--constraint", "parameters=5"),
    option("--family", "mpl"),
    option("--family", "image/cnn"),
    option("--family", ""),
    option("--modality", "tables"),
    option("--modality", "image"),
    option("--task", "classify"),
    option("--task", "regression"),
    option("--task", "multilabel", "--metric", "rmse"),
    option("--set", "batch_size=-5"),
    option("--set", "batch_size=0"),
    option("--set", "batch_size=2.5"),
    option("--set", "batch_size=many"),
    option("--set", "learning_rate=nan"),
    option("--set", "learning_rate=-1"),
    option("--set", "learning_rate=inf"),
    option("--set", "learning_rate=[]"),
    option("--set", "learning_rate"),
    option("--set", "=3"),
    option("--set", "learnin_rate=0.1"),
    option("--set", "dropout=2"),
    option("--set", "dropout=-0.1"),
    option("--set", "width=[64,"),
    option("--set", "width={1: 2}"),
    option("--set", "optimizer=adamm"),
    option("--set", "nosuch/thing=1"),
    option("--space", "nosuch.yaml"),
    option("--space", "t.csv"),
    option("--warm-start", "nosuch"),
    option("--validation", "nosuch.csv"),
    option("--out", "t.csv"),
    option("--out", "t.csv/job"),
    option("--name", "../x"),
    option("--name", "/etc/x"),
    option("--name", "a/b"),
    option("--name", ".."),
    option("--name", ""),
    option("--name", "-"),
    option("--drop", "a", "--keep", "a"),
    option("--time", "1w"),
    option("--tracking-uri", "gopher://x"),
    option("--ray-address", "x", "--executor", "inline"),
    option("--famly", "mlp"),
    option("--trials"),
    option("--job", "nosuch.yaml"),
    option("extra"),
]

JOBS = [
    job("empty", ""),
    job("null", "null\n"),
    job("a list", "- data: t.csv\n"),
    job("a word", "search\n"),
    job("not yaml", "data: [t.csv\n"),
    job("tabs", "data:\n\t- x\n"),
    job("unknown key", "data: sklearn:wine\ntrails: 3\n"),
    job("doubled key", "data: sklearn:wine\ntrials: 1\ntrials: 2\n"),
    job("alias", "data: &d sklearn:wine\nname: *d\n"),
    job("anchor of a list", "target: &t [a]\nmetric: *t\ndata: sklearn:wine\n"),
    job("merge key", "base: &b {trials: 1}\n<<: *b\ndata: sklearn:wine\n"),
    job("python object", "data: !!python/object/apply:os.getcwd []\n"),
    job("python name", "data: !!python/name:os.system\n"),
    job("custom tag", "data: !file t.csv\n"),
    job("binary", b"\x00\x01\x02\xff\xfe"),
    job("latin-1", b"data: sklearn:wine\nname: caf\xe9\n"),
    job("two documents", "data: sklearn:wine\n---\ntrials: 1\n"),
    job("trials a word", "data: sklearn:wine\ntrials: many\n"),
    job("trials a list", "data: sklearn:wine\ntrials: [1]\n"),
    job("trials a mapping", "data: sklearn:wine\ntrials: {n: 1}\n"),
    job("trials true", "data: sklearn:wine\ntrials: true\n"),
    job("trials a float", "data: sklearn:wine\ntrials: 1.5\n"),
    job("trials zero", "data: sklearn:wine\ntrials: 0\n"),
    job("data a number", "data: 5\n"),
    job("data a list", "data: [a, b]\n"),
    job("data a mapping", "data: {a: b}\n"),
    job("data missing", "trials: 1\n"),
    job("data nowhere", "data: nosuch.csv\ntarget: y\n"),
    job("tracking a word", "data: sklearn:wine\ntracking: maybe\n"),
    job("header a number", "data: sklearn:wine\nheader: 3\n"),
    job("portfolio a word", "data: sklearn:wine\nportfolio: 'on'\n"),
    job("seed negative", "data: sklearn:wine\nseed: -1\n"),
    job("seed null", "data: sklearn:wine\nseed: null\n"),
    job("seed huge", "data: sklearn:wine\nseed: 123456789012345678901234567890\n"),
    job("time a word", "data: sklearn:wine\ntime: soon\n"),
    job("time a list", "data: sklearn:wine\ntime: [1]\n"),
    job("time negative", "data: sklearn:wine\ntime: -1\n"),
    job("time a date", "data: sklearn:wine\ntime: 2024-01-01\n"),
    job("workers a word", "data: sklearn:wine\nworkers: all\n"),
    job("workers negative", "data: sklearn:wine\nworkers: -1\n"),
    job("memory a word", "data: sklearn:wine\nmemory_limit: much\n"),
    job("folds none", "data: sklearn:wine\nfolds: 0\n"),
    job("epochs a date", "data: sklearn:wine\nepochs: 2024-01-01\n"),
    job("backend", "data: sklearn:wine\nbackend: theano\n"),
    job("backend null", "data: sklearn:wine\nbackend: null\n"),
    job("sampler null", "data: sklearn:wine\nsampler: null\n"),
    job("sampler a number", "data: sklearn:wine\nsampler: 3\n"),
    job("metric unknown", "data: sklearn:wine\nmetric: acuracy\n"),
    job("metric a mapping", "data: sklearn:wine\nmetric: {a: 1}\n"),
    job("family a list of lists", "data: sklearn:wine\nfamily: [[mlp]]\n"),
    job("set of mappings", "data: sklearn:wine\nset: {learning_rate: {low: 0.1}}\n"),
    job("set a number", "data: sklearn:wine\nset: 3\n"),
    job("target a mapping", "data: sklearn:wine\ntarget: {a: 1}\n"),
    job("key a number", "data: sklearn:wine\n3: 4\n"),
    job("key a list", "? [a, b]\n: 1\ndata: sklearn:wine\n"),
    job("name a path", "data: sklearn:wine\nname: ../x\n"),
    job("name a number", "data: sklearn:wine\nname: 5\n"),
    job("deep nesting", "data: " + "[" * 200 + "]" * 200 + "\n"),
    job("executor", "data: sklearn:wine\nexecutor: cloud\n"),
    job("space nowhere", "data: sklearn:wine\nspace: nosuch.yaml\n"),
]

SPACES = [
    space("empty", ""),
    space("a list", "- 1\n"),
    space("not yaml", "parameters: ["),
    space("alias", "a: &x 1\nb: *x\n"),
    space("no family", "parameters: {learning_rate: 0.1}\n"),
    space("unknown family", "family: tabular/mpl\nparameters: {}\n"),
    space("family of pictures", "family: image/cnn\nparameters: {}\n"),
    space("unknown key", "family: tabular/mlp\nparamters: {}\n"),
    space("parameters a list", "family: tabular/mlp\nparameters: [1]\n"),
    space("unknown parameter", "family: tabular/mlp\nparameters: {widht: 3}\n"),
    space("range upside down", "family: tabular/mlp\nparameters: {learning_rate: {low: 1, high: 0.1}}\n"),
    space(
        "log of zero", "family: tabular/mlp\nparameters: {learning_rate: {low: 0, high: 1, log: true}}\n"
    ),
    space("no values", "family: tabular/mlp\nparameters: {width: []}\n"),
    space("binary", "\x00\x01"),
    space("doubled key", "family: tabular/mlp\nfamily: tabular/mlp\n"),
]

COMMANDS = [
    Bad("no command's name", ("serch", "t.csv")),
    Bad("search nothing", ("search",)),
    Bad("search a missing file", ("search", "nosuch.csv", "--target", "y")),
    Bad("search a missing folder", ("search", "nosuch/", "--trials", "1")),
    Bad("search an empty folder", ("search", "empty", "--trials", "1")),
    Bad("search a folder of text", ("search", "texts", "--trials", "1")),
    Bad("search a folder of one class", ("search", "one", "--trials", "1")),
    Bad("search a URL", ("search", "https://example.org/x.csv", "--target", "y")),
    Bad("search a bundled set that is none", ("search", "sklearn:mnist")),
    Bad("search with no bundled name", ("search", "sklearn:")),
    Bad("search two files", ("search", "t.csv", "u.csv", "--target", "y"), GOOD.encode()),
    *(
        Bad(f"{command} {place}", (command, place, *rest))
        for command, rest in (
            ("resume", ()),
            ("predict", ("t.csv", "--output", "p.csv")),
            ("evaluate", ("t.csv",)),
            ("leaderboard", ()),
            ("dashboard", ()),
        )
        for place in ("nosuch", "empty", "t.csv", "broken", "listed", "aliased", "directory")
    ),
    Bad("resume nothing", ("resume",)),
    Bad("resume trials", ("resume", "broken", "--trials", "x")),
    Bad("resume time", ("resume", "broken", "--time", "x")),
    Bad(
        "predict by an empty result",
        ("predict", "resultless", "t.csv", "--output", "p.csv"),
        GOOD.encode(),
    ),
    Bad("predict without output", ("predict", "broken", "t.csv")),
    Bad("predict without data", ("predict", "broken")),
    Bad("worker without a folder", ("worker",)),
    Bad("worker waits for what is none", ("worker", "--join", "broken", "--wait", "x")),
    Bad("portfolio of nothing", ("portfolio", "build", "--family", "tabular/mlp", "--output", "o.yaml")),
    Bad(
        "portfolio of a missing job",
        ("portfolio", "build", "nosuch", "--family", "tabular/mlp", "--output", "o.yaml"),
    ),
    Bad(
        "portfolio of a broken job",
        ("portfolio", "build", "broken", "--family", "tabular/mlp", "--output", "o.yaml"),
    ),
    Bad(
        "portfolio of no family", ("portfolio", "build", "broken", "--family", "mpl", "--output", "o.yaml")
    ),
    Bad(
        "portfolio of size 0",
        ("portfolio", "build", "broken", "--family", "tabular/mlp", "--size", "0", "--output", "o.yaml"),
    ),
    Bad("spaces show nothing", ("spaces", "show")),
    Bad("spaces show a wrong one", ("spaces", "show", "tabular/mpl")),
    Bad("spaces show a path", ("spaces", "show", "../../setup")),
    Bad("dashboard on a port that is none", ("dashboard", "--port", "99999")),
    Bad("dashboard on a word", ("dashboard", "--port", "http")),
]

ALL = [*TABLES, *OPTIONS, *JOBS, *SPACES, *COMMANDS]


def _accepted(*_: object, **__: object) -> None:
    pytest.fail("a search began")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders that are no jobs, or broken ones."""
    root = tmp_path_factory.mktemp("places")
    for name in (
        "empty",
        "texts",
        "one/a",
        "broken",
        "listed",
        "aliased",
        "directory/job.yaml",
        "resultless",
    ):
        (root / name).mkdir(parents=True)
    (root / "texts" / "a.txt").write_text("no picture")
    (root / "one" / "a" / "x.png").write_bytes(b"none")
    (root / "broken" / "job.yaml").write_bytes(b"\x00\xff half of a job")
    (root / "listed" / "job.yaml").write_text("- 1\n- 2\n")
    (root / "aliased" / "job.yaml").write_text("data: &d sklearn:wine\nname: *d\n")
    (root / "resultless" / "job.yaml").write_text("data: sklearn:wine\n")
    (root / "resultless" / "result.json").write_text("{}")
    return root


@pytest.mark.parametrize("bad", ALL, ids=lambda bad: bad.name)
def test_bad_input_is_refused_in_one_sentence(
    bad: Bad, places: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(places)
    if bad.content is not None:
        (places / bad.file).write_bytes(bad.content)
    before = set(os.listdir(places))
    monkeypatch.setattr("automl.jobs.search.search.run_search", _accepted)

    code = run(list(bad.arguments))

    said = capsys.readouterr().err
    assert code == 2, said
    assert "Traceback" not in said
    assert said.strip()
    assert set(os.listdir(places)) - before <= {"mlflow.db", "mlruns"}


def test_there_are_many() -> None:
    assert len({bad.name for bad in ALL}) == len(ALL) >= 250

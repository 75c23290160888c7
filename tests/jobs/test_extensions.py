"""Families of other packages: listed with their origin, searched when named, told when broken."""

from __future__ import annotations

import subprocess
import sys

import pytest

from automl.cli.app import run
from automl.core.errors import ConfigError, SpaceError
from automl.core.extensions import FAMILY_GROUP
from automl.core.tensors import Promised
from automl.jobs.extensions import record_of, refuse_absent, tried_extensions
from automl.jobs.matching import usable_families
from automl.models.catalog import FAMILIES
from automl.spaces.loading import known_spaces, load_space
from automl.tracking.registration import requirements

FAMILY = """
from dataclasses import replace
from automl.models.families.tabular.linear import FAMILY as LINEAR

FAMILY = replace(LINEAR, name="tabular/mine")
"""
SPACE = """
name: tabular/mine
epochs: 3
parameters:
  learning_rate: {type: float, low: 1e-4, high: 1e-1, log: true, default: 1e-2}
"""
FILES = {
    "toy/__init__.py": "",
    "toy/mine.py": FAMILY,
    "toy/search_spaces/tabular/mine.yaml": SPACE,
}
DATA = (Promised(kind="numeric"), Promised(kind="ranks"))
MINE = {FAMILY_GROUP: {"tabular/mine": "toy.mine:FAMILY"}}


def test_its_search_space_is_found_beside_it_and_listed_with_its_origin(install, capsys):
    install("automl-toy", MINE, FILES)

    assert run(["spaces"]) == 0
    assert "tabular/mine  (automl-toy 1.0)" in capsys.readouterr().out.splitlines()
    assert run(["spaces", "show", "tabular/mine"]) == 0
    assert capsys.readouterr().out == SPACE
    assert load_space("tabular/mine").epochs == 3
    assert "toy.mine" not in sys.modules


def test_it_is_searched_when_it_is_named_only(install):
    install("automl-toy", MINE, FILES)

    assert "mine" not in usable_families("tabular", DATA, "binary", ())
    assert list(usable_families("tabular", DATA, "binary", ("mine", "mlp"))) == ["mine", "mlp"]


def test_it_is_among_the_suggestions(install, capsys):
    install("automl-toy", MINE, FILES)

    assert run(["search", "sklearn:wine", "--family", "mime", "--no-tracking"]) == 2
    assert "Did you mean 'mine'?" in capsys.readouterr().err
    assert run(["spaces", "show", "tabular/mime"]) == 2
    assert "'tabular/mine'" in capsys.readouterr().err


def test_a_missing_search_space_is_told_with_its_place(install):
    install("automl-toy", MINE, {"toy/__init__.py": "", "toy/mine.py": FAMILY})

    with pytest.raises(
        SpaceError, match=r"automl-toy 1\.0 has no .*search_spaces/tabular/mine\.yaml .* toy"
    ):
        load_space("tabular/mine")


def test_a_clash_is_told_where_the_name_is_used(install, capsys):
    install("automl-toy", MINE, FILES)
    install("other-toy", MINE, {})

    assert run(["search", "sklearn:wine", "--family", "mine", "--no-tracking"]) == 2
    assert "automl-toy 1.0 is claimed by other-toy 1.0, too" in capsys.readouterr().err
    assert "tabular/mine" not in known_spaces()
    with pytest.raises(SpaceError, match="claimed by"):
        load_space("tabular/mine")


def test_the_doctor_tries_every_extension(install):
    install(
        "automl-toy",
        {FAMILY_GROUP: {"tabular/mine": "toy.mine:FAMILY", "tabular/broken": "toy.broken:FAMILY"}},
        FILES,
    )
    install("own-toy", {FAMILY_GROUP: {"tabular/mlp": "toy.mine:FAMILY"}}, {})

    troubles = {item.name: item.trouble for item in tried_extensions()}

    assert troubles["tabular/mine"] == ""
    assert "No module named 'toy.broken'" in troubles["tabular/broken"]
    assert "own-toy 1.0 has a name of automl's own" in troubles["tabular/mlp"]


def test_the_doctor_tells_what_cannot_be_used(install, capsys):
    install("automl-toy", MINE, {**FILES, "toy/mine.py": "import no_such_library"})

    assert run(["doctor"]) == 1

    told = capsys.readouterr()
    assert "extension        family tabular/mine of automl-toy 1.0 NOT USABLE" in told.out
    assert "Error: The entry point 'tabular/mine'" in told.err


def test_a_broken_one_stands_in_nobodys_way(install, tmp_path):
    folder = install("automl-toy", MINE, {"toy/__init__.py": "raise RuntimeError('no luck')"})
    (tmp_path / "table.csv").write_text("age,income\n1,a\n2,b\n")
    code = "import sys; from automl.cli.app import run; sys.exit(run(sys.argv[1:]))"
    arguments = ["search", "table.csv", "--target", "incom", "--set", "depth=2"]

    outcome = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {code}", *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )

    assert outcome.returncode == 2
    assert "Did you mean 'income'?" in outcome.stderr


def test_a_job_records_the_packages_that_it_uses(install):
    install("automl-toy", MINE, FILES)

    known = {"task": "binary", "schema": {}}
    own, mine = FAMILIES["tabular/mlp"], FAMILIES["tabular/mine"]

    assert record_of(families=[own], **known) == {}
    assert record_of(families=[mine, own], **known) == {
        "extensions": [{"package": "automl-toy", "version": "1.0"}]
    }


def test_what_was_made_with_an_absent_package_is_refused_by_name(install):
    install("automl-toy", MINE, FILES)
    packages = [{"package": name, "version": "1.0"} for name in ("automl-toy", "automl-gone")]

    refuse_absent({"extensions": packages[:1]}, "The job")
    with pytest.raises(ConfigError, match=r"^The job was made with automl-gone==1\.0, which"):
        refuse_absent({"extensions": packages}, "The job")


def test_the_registered_model_asks_for_the_packages_that_it_needs(install):
    install("automl-toy", MINE, FILES)

    assert "automl-toy==1.0" in requirements(["automl-toy"])

"""Programs that are kept for later searches: found again, bounded, and never from a stranger's folder."""

from __future__ import annotations

import os
import time

import keras
import numpy as np
import pytest

from automl.training import compile_cache
from automl.training.compile_cache import UNUSED_DAYS, keeping_programs, kept_programs

on_jax = pytest.mark.skipif(
    keras.backend.backend() != "jax",
    reason="needs KERAS_BACKEND=jax: contracts/test_backends.py runs it so",
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compile_cache, "LEAST_SECONDS", 0.0)
    return tmp_path


def compiled(factor: float) -> float:
    import jax

    function = jax.jit(lambda values: (values * factor).sum())
    return float(function.lower(np.ones(3, np.float32)).compile()(np.ones(3, np.float32)))


@on_jax
def test_a_program_is_kept_and_found_again():
    heard = []
    from jax import monitoring

    with keeping_programs(wanted=True):
        assert compiled(2.0) == 6.0
    kept = kept_programs()
    monitoring.register_event_listener(lambda event, **facts: heard.append(event))
    with keeping_programs(wanted=True):
        assert compiled(2.0) == 6.0

    assert kept.programs > 0
    assert kept.size > 0
    assert "/jax/compilation_cache/cache_hits" in heard
    assert kept_programs() == kept


@on_jax
def test_the_settings_of_the_process_are_its_own_again():
    import jax

    before = (jax.config.jax_compilation_cache_dir, jax.config.jax_compilation_cache_max_size)

    with keeping_programs(wanted=True):
        assert jax.config.jax_compilation_cache_dir == str(kept_programs().folder)

    assert (jax.config.jax_compilation_cache_dir, jax.config.jax_compilation_cache_max_size) == before


@on_jax
def test_a_folder_of_the_user_is_used_as_it_is(tmp_path):
    import jax

    jax.config.update("jax_compilation_cache_dir", str(tmp_path / "mine"))
    try:
        with keeping_programs(wanted=True):
            assert jax.config.jax_compilation_cache_dir == str(tmp_path / "mine")
    finally:
        jax.config.update("jax_compilation_cache_dir", None)


@on_jax
@pytest.mark.parametrize("place", ["a file", "a folder that others may write"])
def test_what_cannot_be_used_is_left_alone(home, place):
    folder = kept_programs().folder
    folder.parent.mkdir(parents=True)
    if place == "a file":
        folder.touch()
    else:
        folder.mkdir()
        folder.chmod(0o777)

    with keeping_programs(wanted=True):
        assert compiled(3.0) == 9.0

    assert kept_programs().programs == 0


@on_jax
def test_programs_of_versions_that_are_gone_are_removed(home):
    old, recent = (kept_programs().folder.parent / name for name in ("jax-0.1-old", "jax-0.2-recent"))
    for folder in (old, recent):
        folder.mkdir(parents=True)
    then = time.time() - (UNUSED_DAYS + 1) * 86400
    os.utime(old, (then, then))

    with keeping_programs(wanted=True):
        pass

    assert not old.exists()
    assert recent.exists()


@pytest.mark.parametrize("wanted", [True, False])
def test_nothing_is_kept_unless_it_is_wanted_and_of_jax(home, wanted):
    if keras.backend.backend() == "jax" and wanted:
        pytest.skip("there it is kept")
    with keeping_programs(wanted=wanted):
        pass

    assert kept_programs().programs == 0
    assert not list(home.iterdir())


@on_jax
def test_a_search_begins_with_the_programs_that_were_used_last(monkeypatch):
    monkeypatch.setattr(compile_cache, "MOST", 2)
    folder = kept_programs().folder
    folder.mkdir(parents=True, mode=0o700)
    for number in range(4):
        for suffix in ("atime", "cache"):
            item = folder / f"program{number}-{suffix}"
            item.write_bytes(b"x" * 8)
            os.utime(item, (number, number))

    with keeping_programs(wanted=True):
        pass

    assert {item.name for item in folder.glob("*-cache")} == {"program2-cache", "program3-cache"}
    assert {item.name for item in folder.glob("*-atime")} == {"program2-atime", "program3-atime"}

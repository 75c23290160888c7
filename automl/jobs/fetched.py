"""Data of a job that was named by addresses: fetched once, when the job begins, and read from the copies.

``fetched/index.json`` in the job folder says where copies lie, for its workers and for a later session:
they read the same bytes, and need neither the network nor a password. Rows of a query lie beside it.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from automl.core.errors import understood
from automl.core.files import whole, write_whole
from automl.core.phases import Phases
from automl.data.remote.address import is_address, kept_address
from automl.data.remote.fetching import Copy, fetch
from automl.data.source import Source
from automl.jobs.config import JobConfig, config_from, read_config
from automl.jobs.folder import JobFolder, read_json, refuse_address
from automl.jobs.progress import Progress, SilentProgress

OPTIONS = ("data", "validation", "user_table", "item_table")
"""Options that may name an address."""

_INDEX = "index.json"


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A job whose data is on this machine.

    Attributes:
        config: the job, with paths in the place of addresses.
        copies: what was fetched, by option.
        addresses: where from, without secrets, by option.
    """

    config: JobConfig
    copies: Mapping[str, Copy]
    addresses: Mapping[str, str]


def fetched(config: JobConfig, progress: Progress | None = None, started: float | None = None) -> Fetched:
    """Fetch what the options of a job name by addresses.

    Args:
        config: the job.
        progress: is told what is fetched.
        started: ``time.monotonic()`` from which the time of the job counts; now by default.

    Raises:
        DataError: something is not there, cannot be read, or is too large.
        ConfigError: the job folder is to lie at an address.
        TimeUpError: the time of the job is over.
    """
    refuse_address(config.out)  # ahead of what may take long
    named = {name: getattr(config, name) for name in OPTIONS if is_address(getattr(config, name))}
    if not named:
        return Fetched(config=config, copies={}, addresses={})
    progress, started = progress or SilentProgress(), time.monotonic() if started is None else started
    phases = Phases(progress.phase, deadline=None if config.time is None else started + config.time)
    copies = {name: fetch(address, phases) for name, address in named.items()}
    for copy in copies.values():
        if copy.told:
            progress.note(copy.told)
    return Fetched(
        config=replace(config, **_paths(copies)),
        copies=copies,
        addresses={name: kept_address(address) for name, address in named.items()},
    )


def keep(found: Fetched, folder: JobFolder, config: JobConfig, source: Source) -> tuple[JobConfig, Source]:
    """Keep with a job what was fetched for it; return the job and its data as they are read from now on.

    Args:
        found: what was fetched.
        folder: of the job.
        config: the job.
        source: its data.
    """
    if not found.copies:
        return config, source
    root = folder.fetched
    root.mkdir(exist_ok=True)
    copies = {name: _kept(root / name, copy) for name, copy in found.copies.items()}
    index = _index(folder)
    for name, copy in copies.items():
        inside = copy.path.is_relative_to(root)
        path = copy.path.relative_to(root) if inside else copy.path.absolute()
        index[name] = {"address": found.addresses[name], "path": path.as_posix()}
    write_whole(root / _INDEX, json.dumps(index, indent=2, ensure_ascii=False) + "\n")
    if "data" in copies and source.path is not None:
        source = replace(source, path=copies["data"].path)
    return replace(config, **_paths(copies)), source


def read_job(folder: JobFolder) -> JobConfig:
    """Read the options of a job, with paths in the place of addresses whose copies are there.

    Raises:
        ConfigError: there is no job, or it is damaged.
    """
    config = config_from(read_config(folder.job), where=str(folder.job))
    paths = {name: folder.fetched / facts["path"] for name, facts in _index(folder).items()}
    known: dict[str, Any] = {
        name: str(path)
        for name, path in paths.items()
        if path.exists() and is_address(getattr(config, name))
    }
    return replace(config, **known)


def with_addresses(config: JobConfig, folder: JobFolder) -> JobConfig:
    """Return the job as its file tells it: with the addresses that ``read_job`` finds copies of."""
    known: dict[str, Any] = {
        name: facts["address"]
        for name, facts in _index(folder).items()
        if getattr(config, name) == str(folder.fetched / facts["path"])
    }
    return replace(config, **known)


def _kept(place: Path, copy: Copy) -> Copy:
    if not copy.passing:
        return copy
    place.mkdir(exist_ok=True)
    path = place / copy.path.name
    with whole(path) as draft:
        shutil.copyfile(copy.path, draft)
    return replace(copy, path=path, passing=False)


def _index(folder: JobFolder) -> dict[str, Any]:
    path = folder.fetched / _INDEX
    if not path.exists():
        return {}
    found = read_json(path)
    with understood(path):
        return {
            name: {"address": str(found[name]["address"]), "path": str(found[name]["path"])}
            for name in OPTIONS
            if name in found
        }


def _paths(copies: Mapping[str, Copy]) -> dict[str, Any]:
    return {name: str(copy.path) for name, copy in copies.items()}

"""The options that a job keeps in its file: absolute paths, and addresses without secrets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from automl.core.addresses import anchored, is_reference, kept, usable
from automl.core.option_values import names_file
from automl.data.remote.address import is_address, kept_address
from automl.jobs.config import JobConfig
from automl.jobs.intake.warm_start import kept_place
from automl.tracking.location import resolve


def kept_config(config: JobConfig) -> JobConfig:
    """Return a job as its file keeps it: paths as seen from anywhere, addresses without secrets."""

    def absolute(path: str | None) -> str | None:
        if path is None or path.startswith("sklearn:"):
            return path
        return kept_address(path) if is_address(path) else str(Path(path).absolute())

    named = config.pretrained
    return replace(
        config,
        data=absolute(config.data),
        validation=absolute(config.validation),
        space=absolute(config.space),
        pretrained=absolute(named) if named and names_file(named) else named,
        user_table=absolute(config.user_table),
        item_table=absolute(config.item_table),
        warm_start=tuple(kept_place(text) for text in config.warm_start),
        out=None,
        storage=None if config.storage is None else kept(anchored(config.storage)),
        tracking_uri=_kept_store(config),
    )


def with_secrets(config: JobConfig, storage: str | None, tracking_uri: str | None) -> JobConfig:
    """Return a job that is gone on with, its addresses given again where they held a password.

    Raises:
        ConfigError: one did, and is not given.
    """
    config = replace(
        config,
        storage=storage or config.storage,
        tracking_uri=tracking_uri or config.tracking_uri,
    )
    if config.storage is not None:
        usable(config.storage, "--storage")
    if config.tracking and config.tracking_uri is not None:
        usable(config.tracking_uri, "--tracking-uri")
    return config


def _kept_store(config: JobConfig) -> str | None:
    """The store of the runs, absolute and without secrets; a server's comes from the environment again."""
    if not config.tracking:
        return config.tracking_uri
    if config.tracking_uri is not None and is_reference(config.tracking_uri):
        return kept(config.tracking_uri)
    store = resolve(config.tracking_uri)
    given = config.tracking_uri is not None or store.startswith("sqlite")
    return kept(store) if given else None

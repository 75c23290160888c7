"""What other packages add here: tried out, and recorded with the jobs that use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from automl.core.catalog import Catalog
from automl.core.errors import ConfigError, InputError
from automl.core.extensions import Origin, absent
from automl.core.tensors import FACTS
from automl.data.catalog import KINDS
from automl.data.columns import columns_of
from automl.explanations.catalog import METHODS
from automl.models.catalog import FAMILIES
from automl.models.ends import necks_of
from automl.models.family import Family
from automl.models.necks.catalog import NECKS
from automl.pretrained.catalog import SOURCES
from automl.spaces.loading import load_space
from automl.tasks.catalog import TASKS, declared

CATALOGS: tuple[Catalog[Any], ...] = (FAMILIES, TASKS, KINDS, NECKS, FACTS, METHODS, SOURCES)
"""Those that take items of other packages."""


@dataclass(frozen=True, kw_only=True)
class Extension:
    """An item of another package.

    Attributes:
        kind: what it is: ``family``, ``task``, ...
        name: of the item.
        origin: the package; None for an entry that cannot be used.
        trouble: why it cannot be used; empty where it can.
    """

    kind: str
    name: str
    origin: Origin | None = None
    trouble: str = ""


def tried_extensions() -> Iterator[Extension]:
    """Load each item of other packages, a family's search space too, and say what came of it."""
    for catalog in CATALOGS:
        for name in catalog:
            if (origin := catalog.origin(name)) is not None:
                yield Extension(
                    kind=catalog.kind, name=name, origin=origin, trouble=_trouble(catalog, name)
                )
        for name, trouble in catalog.troubles.items():
            yield Extension(kind=catalog.kind, name=name, trouble=trouble)


def record_of(*, families: Iterable[Family], task: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file of the job folder tells of the packages whose items are used.

    Args:
        families: that are searched, or that won; their necks are used, too.
        task: name in the catalog.
        schema: of the data; the kinds of its columns are used.

    Returns:
        ``{"extensions": [{"package": ..., "version": ...}]}``, or nothing where all are this package's own.
    """
    heads = declared(task, schema.get("parts") or {}).each_need
    origins = {TASKS.origin(task), *(KINDS.origin(column.kind) for column in columns_of(schema))}
    for family in families:
        origins |= {FAMILIES.origin(family.name)}
        origins |= {NECKS.origin(neck.name) for needs in heads for neck, _ in necks_of(family, needs)}
    used = sorted((asdict(origin) for origin in origins if origin is not None), key=str)
    return {"extensions": used} if used else {}


def refuse_absent(record: Mapping[str, Any], what: str) -> None:
    """Refuse what was made with packages that are not installed here.

    Args:
        record: of a file of the job folder, with ``record_of`` in it.
        what: was made with them, to begin the message.

    Raises:
        ConfigError: naming the packages.
    """
    missing = absent(record.get("extensions", ()))
    if missing:
        raise ConfigError(
            f"{what} was made with {' and '.join(missing)}, which this Python does not have. "
            "Install that first, e.g. with pip."
        )


def _trouble(catalog: Catalog[Any], name: str) -> str:
    try:
        catalog[name]
        if catalog is FAMILIES:
            load_space(name)
    except InputError as error:
        return str(error)
    return ""

"""What other packages add here: listed, and tried out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from automl.core.catalog import Catalog
from automl.core.errors import InputError
from automl.core.extensions import Origin
from automl.models.catalog import FAMILIES
from automl.spaces.loading import load_space

CATALOGS: tuple[Catalog[Any], ...] = (FAMILIES,)
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


def _trouble(catalog: Catalog[Any], name: str) -> str:
    try:
        catalog[name]
        if catalog is FAMILIES:
            load_space(name)
    except InputError as error:
        return str(error)
    return ""

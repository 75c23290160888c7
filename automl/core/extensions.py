"""What other packages add to this one, found by the entry points that they declare.

A package that is installed says in its metadata what it brings, so it is listed without running any of its
code; that runs when an item of it is asked for. It may be broken, or claim a name that is taken: whoever
wrote it is not there to mend it, so such an entry is told in a sentence and nothing else fails.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

FAMILY_GROUP = "automl.families"
TASK_GROUP = "automl.tasks"
KIND_GROUP = "automl.kinds"
NECK_GROUP = "automl.necks"
FACTS_GROUP = "automl.facts"
EXPLANATION_GROUP = "automl.explanations"
PRETRAINED_GROUP = "automl.pretrained"

_GROUPS = (
    *(FAMILY_GROUP, TASK_GROUP, KIND_GROUP, NECK_GROUP, FACTS_GROUP),
    *(EXPLANATION_GROUP, PRETRAINED_GROUP),
)

PLAIN_NAME = r"\w+"
SHELVED_NAME = r"\w+/\w+"
"""A shelf and a name on it, as ``tabular/mlp``; dots would collide with ``--set mlp.width=64``."""

_PLACE = re.compile(r"([\w.]+)\s*:\s*([\w.]+)")


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The package that an item comes from.

    Attributes:
        package: its name, as pip knows it.
        version: that is installed.
    """

    package: str
    version: str

    def __str__(self) -> str:
        return f"{self.package} {self.version}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An item that another package declares.

    Attributes:
        name: of the item.
        place: ``"package.module:attribute"``.
        origin: the package.
    """

    name: str
    place: str
    origin: Origin

    @property
    def top_level(self) -> str:
        """Name of the top-level Python package of ``place``."""
        return self.place.partition(":")[0].partition(".")[0].strip()

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders of the top-level package; none of its code runs to find them.

        Several for a namespace package, none where it is no package.
        """
        try:
            spec = find_spec(self.top_level)
        except (ImportError, ValueError):
            return ()
        return tuple(Path(item) for item in (spec and spec.submodule_search_locations) or ())


@dataclass(frozen=True, kw_only=True)
class Discovered:
    """What the installed packages declare in one group.

    Attributes:
        entries: by name.
        troubles: a sentence for each name that cannot be used.
    """

    entries: Mapping[str, Entry]
    troubles: Mapping[str, str]


def discover(group: str, *, taken: Container[str] = (), form: str = PLAIN_NAME) -> Discovered:
    """List what other packages declare, without importing them.

    Args:
        group: of entry points, such as ``automl.families``.
        taken: names that are this package's own.
        form: regular expression of a whole name.
    """
    by_name = defaultdict(list)
    for entry in _declared(group):
        by_name[entry.name].append(entry)
    entries, troubles = {}, {}
    for name, claims in by_name.items():
        trouble = _trouble(group, claims, name in taken, form)
        if trouble:
            troubles[name] = trouble
        else:
            entries[name] = claims[0]
    return Discovered(entries=entries, troubles=troubles)


def load(entry: Entry, group: str, expected: type | None = None) -> Any:
    """Import and return the item of an entry.

    Args:
        entry: which one.
        group: it was found in, for messages.
        expected: class of the item, or None for any.

    Raises:
        ConfigError: it cannot be imported, or is something else.
    """
    module, _, attribute = entry.place.partition(":")
    try:
        item = attrgetter(attribute)(import_module(module))
    except Exception as error:  # it is the code of others: anything may happen
        reason = " ".join(str(error).split())[:200]
        raise ConfigError(
            f"{_entry_of(entry, group)} cannot be loaded ({type(error).__name__}: {reason}). "
            "Update that package, or uninstall it."
        ) from error
    if expected is not None and not isinstance(item, expected):
        raise ConfigError(
            f"{_entry_of(entry, group)} is a {type(item).__name__}; expected a {expected.__name__}."
        )
    return item


def extending_packages() -> set[str]:
    """Return the top-level Python packages of everything that is declared."""
    return {entry.top_level for _, entry in _all_declared()}


def absent(packages: Iterable[Mapping[str, str]]) -> list[str]:
    """Return as requirements those of the recorded packages that are not installed.

    Args:
        packages: each with ``package`` and ``version``.
    """
    from importlib.metadata import PackageNotFoundError, version

    missing = []
    for item in packages:
        try:
            version(item["package"])
        except PackageNotFoundError:
            missing.append(f"{item['package']}=={item['version']}")
    return missing


def forget() -> None:
    """Look at the installed packages afresh when next asked: some came or went while this process ran."""
    _all_declared.cache_clear()


def _trouble(group: str, claims: list[Entry], is_taken: bool, form: str) -> str:
    """Why a name cannot be used; empty where it can."""
    first = claims[0]
    if not re.fullmatch(form, first.name):
        example = "shelf/name" if form == SHELVED_NAME else "name"
        return f"{_entry_of(first, group)} has no name of the form {example!r}; it is left out."
    if not _PLACE.fullmatch(first.place):
        return f"{_entry_of(first, group)} points to no 'package.module:attribute'; it is left out."
    if is_taken:
        return f"{_entry_of(first, group)} has a name of automl's own, which stays; the entry is left out."
    if len(claims) > 1:
        others = " and ".join(str(claim.origin) for claim in claims[1:])
        return f"{_entry_of(first, group)} is claimed by {others}, too, so it is not used. Uninstall one."
    return ""


def _entry_of(entry: Entry, group: str) -> str:
    return f"The entry point {entry.name!r} ({entry.place}) in {group} of the package {entry.origin}"


def _declared(group: str) -> tuple[Entry, ...]:
    return tuple(entry for declared, entry in _all_declared() if declared == group)


@cache
def _all_declared() -> tuple[tuple[str, Entry], ...]:
    """Group and entry of every declaration, by name and package; reading all metadata takes 15 ms."""
    from importlib.metadata import distributions

    found: dict[tuple[str, str, str], Entry] = {}
    for package in distributions():
        for item in _own_groups(package):
            entry = Entry(name=item.name, place=item.value, origin=_origin(package))
            # a package that lies in two folders of the path counts once: Python imports the first
            found.setdefault((item.group, item.name, entry.origin.package.lower()), entry)
    return tuple((key[0], found[key]) for key in sorted(found))


def _own_groups(package: Distribution) -> list[EntryPoint]:
    try:
        return [item for item in package.entry_points if item.group in _GROUPS]
    except Exception:  # metadata that was cut short, of any package: none of our business
        return []


def _origin(package: Distribution) -> Origin:
    name = version = None
    with suppress(Exception):  # the same
        name, version = package.name, package.version
    # without metadata the folder's own name still tells whose entry it is
    folder = Path(str(getattr(package, "_path", "?"))).name
    return Origin(package=name or folder, version=version or "(of unknown version)")

"""Which families can learn from given tensors what a task asks for, and by which neck.

Everything is told by declarations: kinds and sources of tensors, slots and features of families, ends of
necks, needs of tasks. No name of a modality is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from automl.core.errors import ConfigError, suggest
from automl.core.specs import TaskKind
from automl.core.tensors import Sourced
from automl.data.catalog import MODALITIES
from automl.models.catalog import FAMILIES
from automl.models.ends import necks_of
from automl.models.family import Family
from automl.tasks.catalog import declared
from automl.tasks.declaration import TaskDeclaration

Tensor = TypeVar("Tensor", bound=Sourced)


def usable_families(
    modality: str,
    tensors: Sequence[Sourced],
    task: TaskKind,
    wanted: tuple[str, ...],
    parts: Mapping[str, TaskKind] = MappingProxyType({}),
    given: Mapping[str, object] = MappingProxyType({}),
) -> dict[str, Family]:
    """Return the families to search in, by the name that users write, in the order they are tried.

    Those of other packages are tried when they are named: what a search does without being told must not
    depend on what happens to be installed.

    Args:
        modality: what to call the data in messages.
        tensors: what preprocessing will give.
        task: kind of task.
        wanted: names the user gave, or empty for all that stand by default.
        parts: for a task over several targets, the task of each by name; their heads may need different
            features, and a family gives all of them.
        given: options that some families await, by name; None where not given.

    Raises:
        ConfigError: unknown family, or one that cannot do the task or awaits an option; or none can, or
            none makes use of an option that is given.
    """
    awaited = {name for name, value in given.items() if value is not None}
    chosen = _chosen(modality, tensors, declared(task, parts), wanted, awaited)
    for option in awaited - {family.awaits for family in chosen.values()}:
        raise ConfigError(
            f"{option}: none of the families {', '.join(chosen)} makes use of it for "
            f"{declared(task, parts).words} of {modality} data. Leave it out, or choose another family."
        )
    return chosen


def _chosen(
    modality: str,
    tensors: Sequence[Sourced],
    asked: TaskDeclaration,
    wanted: tuple[str, ...],
    awaited: Collection[str],
) -> dict[str, Family]:
    known = _by_short_name([family for family in FAMILIES.sound() if not misfit(family, tensors)])
    if wanted:
        chosen = {}
        for name in wanted:
            _refuse_awaiting(name, awaited)
            if name not in known:
                raise ConfigError(f"Unknown family {name!r} for {modality} data. {suggest(name, known)}")
            if not _serves(known[name], asked):
                raise ConfigError(f"The family {name!r} cannot do the task {asked.name!r}.")
            chosen[name] = known[name]
        return chosen
    own = {name: family for name, family in known.items() if FAMILIES.origin(family.name) is None}
    fit = {name: family for name, family in own.items() if _is_tried(family, asked, awaited)}
    if not fit:
        raise ConfigError(f"No family can do {asked.words} of {modality} data.")
    return {name: family for name, family in fit.items() if not family.joins} or fit


def _refuse_awaiting(name: str, awaited: Collection[str]) -> None:
    """Refuse a family by name that awaits an option."""
    found = (family for family in FAMILIES.sound() if name in (family.short, family.name))
    lacking = next((family.awaits for family in found if family.awaits), "")
    if lacking and lacking not in awaited:
        raise ConfigError(f"The family {name!r} needs the option {lacking}, which is not given.")


def _is_tried(family: Family, asked: TaskDeclaration, awaited: Collection[str]) -> bool:
    """Whether a family is tried without being named."""
    there = not family.awaits or family.awaits in awaited
    return family.default and there and _serves(family, asked)


def on_shelves(modality: str | None) -> list[str]:
    """Return the names of the families that may suit a modality, as far as that is known without Keras.

    A family on a shelf that bears the name of another modality is left out; what the others can take is
    seen by their slots when the data has been read.
    """
    others = {name for name in MODALITIES if modality is not None and name != modality}
    return [name for name in FAMILIES if name.partition("/")[0] not in others]


def taken(family: Family, tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Return the tensors that the family's slots take.

    Raises:
        ConfigError: the slots cannot be filled, or a source of the data would be left out.
    """
    reason = misfit(family, tensors)
    if reason:
        raise ConfigError(f"The family {family.short!r} {reason}")
    kinds = {slot.kind for slot in family.slots}
    return tuple(tensor for tensor in tensors if tensor.kind in kinds)


def misfit(family: Family, tensors: Sequence[Sourced]) -> str:
    """Say why a family cannot take the data, as the end of a sentence; empty where it can."""
    kinds = [tensor.kind for tensor in tensors]
    present = ", ".join(dict.fromkeys(kinds)) or "nothing"
    asked_for = [slot.kind for slot in family.slots if slot.alone]
    if not any(kind in kinds for kind in asked_for):
        asked = ", ".join(asked_for)
        return f"needs one of {asked}; the data gives {present}."
    for slot in family.slots:
        count = kinds.count(slot.kind)
        if not slot.holds(count):
            most = "" if slot.most is None or slot.least == slot.most else f" to {slot.most}"
            return f"takes {slot.least}{most} of {slot.kind}; the data gives {count}."
    slots = {slot.kind for slot in family.slots}
    seen = {tensor.source for tensor in tensors if tensor.kind in slots}
    blind = [tensor.source or tensor.kind for tensor in tensors if tensor.source not in seen]
    return f"would ignore {', '.join(dict.fromkeys(blind))}." if blind else ""


def reaches(family: Family, needs: Sequence[str]) -> bool:
    """Whether what the family gives, through one neck at most, is what a task needs."""
    return bool(set(needs) & set(family.gives)) or bool(necks_of(family, needs))


def _serves(family: Family, task: TaskDeclaration) -> bool:
    return all(reaches(family, needs) for needs in task.each_need)


def _by_short_name(families: Sequence[Family]) -> dict[str, Family]:
    """By the part behind the slash; the whole name where an earlier family has that."""
    named: dict[str, Family] = {}
    for family in families:
        named[family.name if family.short in named else family.short] = family
    return named

"""Which columns of a table the user keeps or drops, checked against its columns."""

from __future__ import annotations

from collections.abc import Sequence

from automl.core.errors import ConfigError, DataError
from automl.data.delimited import refuse_unknown
from automl.data.modality import ReadOptions


def checked_drop(names: Sequence[str], options: ReadOptions, target: Sequence[str], where: str) -> set[str]:
    """Return the columns that are left out.

    Args:
        names: columns of the table.
        options: ``keep`` and ``drop``.
        target: the target columns.
        where: what messages call the table.

    Raises:
        DataError: a column is not there (the nearest is offered), or is a target and something else.
    """
    for option, chosen in (("keep", options.keep), ("drop", options.drop)):
        for name in chosen:
            refuse_unknown(name, list(names), where)
            if name in target:
                raise DataError(f"{where}: {name!r} is the target, which --{option} cannot take.")
    for role in ("group_column", "time_column", "id_column", "weight_column"):
        if getattr(options, role) in target:
            option = role.replace("_", "-")
            raise DataError(
                f"{where}: {getattr(options, role)!r} is the target and cannot be --{option} too."
            )
    for name in options.compared:
        if name in target:
            raise DataError(
                f"{where}: {name!r} is the target, which a new row does not tell: rows cannot be "
                "compared by it."
            )
    return set(options.drop)


def refuse_choice(options: ReadOptions, what: str) -> None:
    """Refuse to keep or drop columns where there are none.

    Args:
        options: ``keep`` and ``drop``.
        what: what there is instead: ``pictures``.

    Raises:
        ConfigError: columns are chosen.
    """
    if options.keep or options.drop:
        raise ConfigError(f"keep and drop choose columns of a table, and these are {what}: leave them out.")

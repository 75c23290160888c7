"""Options that the chosen modality does not take: without effect, they would mislead."""

from __future__ import annotations

from automl.core.errors import ConfigError
from automl.data.catalog import MODALITIES
from automl.data.modality import Modality, ReadOptions


def refuse_unread(options: ReadOptions, modality: Modality, source: str) -> None:
    """Refuse an option that only other modalities take.

    Args:
        options: how the data is to be read.
        modality: that reads it.
        source: name of the data.

    Raises:
        ConfigError: with the first such option, and the modalities that take it.
    """
    for option, takers in _takers().items():
        if option not in modality.reads and getattr(options, option) is not None:
            raise ConfigError(
                f"{option} is an option of the modality {' or '.join(takers)}, and {source} is read as "
                f"{modality.name}, for which it has no meaning. Leave it out, or choose with modality how "
                "the data is read."
            )


def _takers() -> dict[str, list[str]]:
    """The modalities that take each option that not every one does."""
    takers: dict[str, list[str]] = {}
    for modality in MODALITIES.sound():
        for option in modality.reads:
            takers.setdefault(option, []).append(modality.name)
    return takers

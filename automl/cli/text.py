"""How values are shown as text."""

from __future__ import annotations

from collections.abc import Mapping


def value_text(value: object) -> str:
    """Return a value with four significant digits when it is a float."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def configuration_text(configuration: Mapping[str, object]) -> str:
    """Return ``family width=128 dropout=0.1 ...`` on one line."""
    family = configuration.get("family", "")
    rest = (f"{name}={value_text(value)}" for name, value in configuration.items() if name != "family")
    return " ".join([str(family), *rest]).strip()


def duration_text(seconds: float) -> str:
    """Return ``1:02:03`` or ``2:03``."""
    whole = max(int(seconds), 0)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

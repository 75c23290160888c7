"""What families of users and items read: ids of both, and features where there are some."""

from __future__ import annotations

from automl.models.family import Slot

SIDES = ("user", "item")

SLOTS = (
    *(Slot(kind=side, least=1) for side in SIDES),
    *(Slot(kind=f"{side}_features", alone=False) for side in SIDES),
)

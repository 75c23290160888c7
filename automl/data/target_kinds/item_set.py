"""Sets of items: what a user has dealt with, and what of it was held out."""

from __future__ import annotations

from automl.data.target_kinds.kind import Elsewhere

KIND = Elsewhere(told=lambda targets: ", of which a part is held out for each user")

"""Seeds derived from one seed, so that each use has its own and every run repeats."""

from __future__ import annotations

import hashlib


def derive(seed: int, *path: int | str) -> int:
    """Return a seed in [0, 2**31) for the use named by ``path``; equal inputs give equal seeds."""
    text = "/".join([str(seed), *(str(part) for part in path)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1

"""A bounded store that drops what was used longest ago."""

from __future__ import annotations

from automl.training.program_cache import ProgramCache


def filled(most: int = 3, most_bytes: int = 100) -> ProgramCache[str]:
    cache: ProgramCache[str] = ProgramCache(most, most_bytes)
    for name in "abc":
        cache.put(name, name.upper(), 10)
    return cache


def test_what_was_used_longest_ago_goes_first() -> None:
    cache = filled()
    cache.get("a")

    dropped = cache.put("d", "D", 10)

    assert dropped == 1
    assert [cache.get(name) for name in "abcd"] == ["A", None, "C", "D"]


def test_large_items_push_out_several() -> None:
    cache = filled()

    assert cache.put("d", "D", 85) == 2
    assert [cache.get(name) for name in "abcd"] == [None, None, "C", "D"]


def test_an_item_larger_than_the_store_is_kept_by_itself() -> None:
    cache = filled()

    cache.put("d", "D", 1000)

    assert (len(cache), cache.get("d")) == (1, "D")

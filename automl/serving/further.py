"""What some models do besides predicting: text that goes on from a prompt, items that suit users."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar, cast

from automl.core.errors import ConfigError, DataError, suggest
from automl.core.notes import warnings_of
from automl.jobs.generation import Writing
from automl.jobs.result import Result
from automl.jobs.written import records_of
from automl.tasks.sampling import Sampling

MOST_TOKENS = 1_000
"""Of a text that is written for a request: others wait meanwhile."""

MOST_USERS, MOST_TOP = 1_000, 1_000
"""Users of a request, and items of a list."""

Options = TypeVar("Options")


@dataclass(frozen=True, kw_only=True)
class Further:
    """An address besides that of predictions, which takes an object of JSON.

    Attributes:
        path: the address.
        words: what it gives.
        example: a body.
        answer: from a body to plain data; raises ``DataError`` for what it does not understand.
    """

    path: str
    words: str
    example: Mapping[str, Any]
    answer: Callable[[Any], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A request for text; see ``automl generate``."""

    prompt: str = "\n"
    tokens: int = 200
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A request for items; see ``automl recommend``."""

    users: list[str | int] | None = None
    given: list[str | int] | None = None
    top: int = 10
    exclude_seen: bool = False


def further_of(result: Result) -> Iterator[Further]:
    """Give what the model of a job does besides predicting."""
    declaration = result.opened.task.declaration
    if declaration.continues:
        yield Further(
            path="/generate",
            words="text that goes on from a prompt, as `automl generate` writes it",
            example=asdict(Prompt(tokens=50)),
            answer=lambda body: _written(result, read_options(Prompt, body)),
        )
    if declaration.recommends:
        known = [*result.recommender.schema["ids"]["user"][:2]]
        yield Further(
            path="/recommend",
            words="items that suit users best, as `automl recommend` lists them",
            example={"users": known, "top": 10, "exclude_seen": False},
            answer=lambda body: _recommended(result, read_options(Wish, body)),
        )


def read_options(kind: type[Options], body: Any) -> Options:
    """Return the options that a body names.

    Args:
        kind: a dataclass whose defaults tell the types.
        body: parsed JSON.

    Raises:
        DataError: it is no object, or has an unknown name or a value of another type.
    """
    known = {field.name: field.default for field in fields(cast("Any", kind))}
    if not isinstance(body, dict):
        raise DataError(f"Expected an object with some of {', '.join(known)}, got {repr(body)[:50]}.")
    for name, value in body.items():
        if name not in known:
            raise DataError(f"Unknown option {name!r}. {suggest(name, list(known))}")
        _check(name, value, known[name])
    return kind(**body)


def _check(name: str, value: Any, default: Any) -> None:
    if default is None:
        fits = isinstance(value, list) and all(
            isinstance(item, str | int) and not isinstance(item, bool) for item in value
        )
        expected = "a list of texts or whole numbers"
    elif isinstance(default, bool):
        fits, expected = isinstance(value, bool), "true or false"
    elif isinstance(default, str):
        fits, expected = isinstance(value, str), "a text"
    else:
        kinds = (int, float) if isinstance(default, float) else (int,)
        fits = isinstance(value, kinds) and not isinstance(value, bool)
        expected = "a number" if isinstance(default, float) else "a whole number"
    if not fits:
        raise DataError(f"{name}: expected {expected}, got {repr(value)[:50]}.")


def _written(result: Result, asked: Prompt) -> dict[str, Any]:
    if asked.tokens > MOST_TOKENS:
        raise DataError(f"tokens: expected at most {MOST_TOKENS:,} of a request, got {asked.tokens}.")
    try:
        sampling = Sampling(temperature=asked.temperature, top_k=asked.top_k, top_p=asked.top_p)
        how = Writing(tokens=asked.tokens, sampling=sampling, seed=asked.seed)
        return {"text": "".join(result.writer.write(asked.prompt, how))}
    except ConfigError as error:  # a value out of its range, which here is data
        raise DataError(str(error)) from None


def _recommended(result: Result, asked: Wish) -> dict[str, Any]:
    users, given = asked.users or [], asked.given or []
    if bool(users) == bool(given):
        raise DataError("Whom for? Give one of users and given, a list of ids of users or of items.")
    for name, size, most in (("users", len(users), MOST_USERS), ("top", asked.top, MOST_TOP)):
        if size > most:
            raise DataError(f"{name}: expected at most {most:,} of a request, got {size}.")
    notes: list[str] = []
    try:
        table = result.recommender.recommend(
            users, given=given, top=asked.top, exclude_seen=asked.exclude_seen, told=notes.extend
        )
    except ConfigError as error:
        raise DataError(str(error)) from None
    warnings = [str(note) for note in warnings_of(tuple(notes))]
    return {
        "recommendations": records_of(table, ()),
        "notes": list(map(str, notes)),
        "warnings": warnings,
    }

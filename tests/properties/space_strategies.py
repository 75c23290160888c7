"""Random search spaces with nested conditions, for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from automl.spaces.conditions import Condition, OneOf, Within
from automl.spaces.parameters import Boolean, Choice, Constant, Float, Integer, Parameter
from automl.spaces.space import SearchSpace

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["1e-3", "null", "yes", "0x1f", "1_000", "2001-01-01", "~", "=", "a: b", "#"]),
)
TASKS = st.lists(st.sampled_from(["binary", "regression"]), unique=True, max_size=2).map(tuple)


@st.composite
def integers(draw: st.DrawFn, **common: object) -> Integer:
    log = draw(st.booleans())
    low = draw(st.integers(1 if log else -50, 100))
    step = 1 if log else draw(st.integers(1, 5))
    steps = draw(st.integers(0, 30))
    default = low + step * draw(st.integers(0, steps))
    return Integer(low=low, high=low + step * steps, step=step, log=log, default=default, **common)  # type: ignore[arg-type]


@st.composite
def floats(draw: st.DrawFn, **common: object) -> Float:
    log = draw(st.booleans())
    low = draw(st.floats(1e-6, 10.0) if log else st.floats(-10.0, 10.0))
    high = low + draw(st.floats(0.0, 100.0))
    default = draw(st.floats(low, high))
    return Float(low=low, high=high, log=log, default=default, **common)  # type: ignore[arg-type]


@st.composite
def choices(draw: st.DrawFn, **common: object) -> Choice:
    values = draw(st.lists(SCALARS, min_size=1, max_size=4, unique=True))
    return Choice(values=tuple(values), default=draw(st.sampled_from(values)), **common)  # type: ignore[arg-type]


@st.composite
def conditions(draw: st.DrawFn, parent: Parameter) -> Condition:
    if isinstance(parent, Integer | Float):
        low, high = sorted(
            (draw(st.floats(parent.low, parent.high)), draw(st.floats(parent.low, parent.high)))
        )
        return Within(parent=parent.name, low=low, high=high)
    known = (False, True) if isinstance(parent, Boolean) else getattr(parent, "values", (parent.default,))
    return OneOf(
        parent=parent.name, values=tuple(draw(st.lists(st.sampled_from(known), min_size=1, unique=True)))
    )


@st.composite
def parameters(draw: st.DrawFn, name: str, before: list[Parameter]) -> Parameter:
    parents = (
        draw(st.lists(st.sampled_from(before), max_size=2, unique_by=lambda item: item.name))
        if before
        else []
    )
    common = {
        "name": name,
        "when": tuple(draw(conditions(parent)) for parent in parents),
        "tasks": draw(TASKS),
    }
    kinds = [
        integers(**common),
        floats(**common),
        choices(**common),
        st.builds(Boolean, default=st.booleans(), **{key: st.just(value) for key, value in common.items()}),
        st.builds(Constant, value=SCALARS, **{key: st.just(value) for key, value in common.items()}),
    ]
    return draw(st.one_of(kinds))


@st.composite
def spaces(draw: st.DrawFn) -> SearchSpace:
    """Up to six parameters, each with conditions on some of the earlier ones, in any order."""
    made: list[Parameter] = []
    for index in range(draw(st.integers(1, 6))):
        made.append(draw(parameters(f"p{index}", made)))
    space = SearchSpace(
        name="random/space", epochs=draw(st.integers(1, 99)), parameters=tuple(draw(st.permutations(made)))
    )
    entries = tuple(space.sample(draw(st.randoms())) for _ in range(draw(st.integers(0, 2))))
    return SearchSpace(name=space.name, epochs=space.epochs, parameters=space.parameters, portfolio=entries)

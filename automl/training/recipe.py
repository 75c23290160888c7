"""The first values of a model's variables as any seed draws them, without building the model again.

Keras draws the seeds of initialisers and random layers from Python's generator, one after another, as a
model is built. So another seed gives other numbers to the same places, and the initialisers make values of
them. To build a model takes many times as long as that.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from automl.private_keras import default_seed, in_abstract, initializer_of
from automl.training.seeding import seed_models

_LEAST_DRAWS, _DRAWS = 64, 8
"""So many numbers, and so many more for each variable, a model draws at most."""


@dataclass(frozen=True, kw_only=True)
class Ingredient:
    """How the first value of a variable is made.

    Attributes:
        initializer: of Keras; of the state of a random layer the function that makes it.
        shape: of the variable.
        dtype: of the variable.
        place: which of the drawn numbers it takes, None for one that takes none.
        state: whether it is the state of a random layer, which holds the number itself.
    """

    initializer: Any
    shape: tuple[int, ...]
    dtype: str
    place: int | None
    state: bool = False

    def value(self, drawn: Sequence[int]) -> np.ndarray:
        """The first value, given the numbers that the model draws."""
        if self.state and self.place is not None:
            return np.array([drawn[self.place], 0], self.dtype)
        initializer = self.initializer
        if self.place is not None:
            initializer = copy.copy(initializer)
            initializer.seed = drawn[self.place]
        return np.array(initializer(self.shape, dtype=self.dtype))


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How the first values of a model are made.

    Attributes:
        ingredients: in the order of ``model.variables``.
        draws: numbers that building the model draws.
    """

    ingredients: tuple[Ingredient, ...]
    draws: int

    def values(self, seed: int) -> tuple[np.ndarray, ...]:
        """Return what a model that is built after ``seed_models(seed)`` begins with."""
        seed_models(seed)
        drawn = [default_seed() for _ in range(self.draws)]
        return tuple(item.value(drawn) for item in self.ingredients)


def sketched(build: Callable[[], keras.Model]) -> tuple[keras.Model, Recipe | None]:
    """Build a model none of whose variables is given a value, and tell how the first ones are made.

    Args:
        build: builds the model; it is called once.

    Returns:
        the model, which is only called with values for all variables, and the recipe, None where it cannot
        be told. It can for variables that begin with what an initialiser of Keras makes, or with the seed
        of a random layer, of a model that draws nothing else, not even in vain.
    """
    seed_models(0)
    before = _numpy_state()
    model = in_abstract(build)
    after = random.getstate()
    return model, _recipe(model, after) if _numpy_state() == before else None


def _recipe(model: keras.Model, after: Any) -> Recipe | None:
    drawn = _drawn_until(after, _LEAST_DRAWS + _DRAWS * len(model.variables))
    if drawn is None or len(set(drawn)) < len(drawn):
        return None
    found = [_ingredient(variable, drawn) for variable in model.variables]
    ingredients = tuple(item for item in found if item is not None)
    # what nobody takes may be of another kind, of which another seed makes more or fewer
    taken = {item.place for item in ingredients if item.place is not None}
    whole = len(ingredients) == len(found) and len(taken) == len(drawn)
    return Recipe(ingredients=ingredients, draws=len(drawn)) if whole else None


def _drawn_until(after: Any, most: int) -> list[int] | None:
    """The numbers that were drawn, if those alone were."""
    seed_models(0)
    drawn: list[int] = []
    while random.getstate() != after:
        if len(drawn) == most:
            return None
        drawn.append(default_seed())
    return drawn


def _ingredient(variable: Any, drawn: Sequence[int]) -> Ingredient | None:
    initializer = initializer_of(variable)
    facts: dict[str, Any] = {"shape": tuple(variable.shape), "dtype": str(variable.dtype)}
    given = getattr(variable, "given", None)
    if given is not None:
        return Ingredient(initializer=_Given(given), place=None, **facts)
    if "seed_generator" in variable.path:
        number = int(np.array(initializer(facts["shape"], dtype=facts["dtype"]))[0])
        return Ingredient(initializer=initializer, place=_place(number, drawn), state=True, **facts)
    seed = getattr(initializer, "seed", None)
    if not isinstance(initializer, keras.initializers.Initializer) or not isinstance(seed, int | None):
        return None
    return Ingredient(initializer=initializer, place=_place(seed, drawn), **facts)


@dataclass(frozen=True, eq=False)
class _Given:
    """Gives a first value that was not drawn, such as that of a network that was trained before."""

    value: np.ndarray

    def __call__(self, shape: tuple[int, ...], dtype: str) -> np.ndarray:
        return self.value


def _place(number: int | None, drawn: Sequence[int]) -> int | None:
    """Which draw a number is; None for one that the model was built with."""
    return drawn.index(number) if number in drawn else None


def _numpy_state() -> tuple[Any, ...]:
    kind, keys, *rest = np.random.get_state()
    return (kind, np.asarray(keys).tobytes(), *rest)

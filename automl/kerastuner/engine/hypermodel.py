"""A space of models: how one is built from hyperparameters, and how it is trained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from automl.kerastuner.engine.hyperparameters import HyperParameters


class HyperModel:
    """Base of a program's own spaces; override ``build``, and ``fit`` where training is searched, too.

    Args:
        name: for the program's own use.
        tunable: whether what ``build`` asks for is searched; else it has the values of the container that
            it is given, or its defaults.
    """

    def __init__(self, name: str | None = None, tunable: bool = True) -> None:
        self.name = name
        self.tunable = tunable
        if not tunable:
            build = self.build
            self.build = lambda hp, *args, **kwargs: build(hp.copy(), *args, **kwargs)  # type: ignore[method-assign]

    def build(self, hp: HyperParameters) -> Any:
        """Return a model."""
        raise NotImplementedError

    def declare_hyperparameters(self, hp: HyperParameters) -> None:
        """Ask for everything without building a model; by default models are built to find out."""
        raise NotImplementedError

    def fit(self, hp: HyperParameters, model: Any, *args: Any, **kwargs: Any) -> Any:
        """Train a model.

        Args:
            hp: may be asked for more.
            model: of ``build``.
            args: of ``search``.
            kwargs: of ``search``, with the callbacks of this execution, which have to be called.

        Returns:
            what ``Model.fit`` returns, metrics by name, or the value of the objective.
        """
        return model.fit(*args, **kwargs)


class DefaultHyperModel(HyperModel):
    """The space of a function that builds models.

    Args:
        build: from ``HyperParameters`` to a model.
        name: see ``HyperModel``.
        tunable: see ``HyperModel``.
    """

    def __init__(self, build: Callable[..., Any], name: str | None = None, tunable: bool = True) -> None:
        self.build = build  # type: ignore[method-assign]
        super().__init__(name=name, tunable=tunable)


def get_hypermodel(hypermodel: Any) -> HyperModel | None:
    """Return a space of models, also of a function.

    Raises:
        ValueError: it is neither.
    """
    if hypermodel is None or isinstance(hypermodel, HyperModel):
        return hypermodel
    if not callable(hypermodel):
        raise ValueError(
            "The `hypermodel` argument should be either a HyperModel or a function from hyperparameters to "
            f"a model, got {type(hypermodel).__name__}."
        )
    return DefaultHyperModel(hypermodel)

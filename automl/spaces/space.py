"""A search space: parameters in order, their conditions, and the configurations to try first."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from automl.core.errors import SpaceError, suggest
from automl.core.specs import Configuration, Scalar
from automl.spaces.cases import Case, check_cases, defaults_for, of_known, with_default
from automl.spaces.cases import for_kinds as cases_for_kinds
from automl.spaces.cases import for_task as cases_for_task
from automl.spaces.conditions import OneOf, in_order
from automl.spaces.parameters import Choice, Constant, Parameter, fixed, limited, ranged
from automl.spaces.settings import parse_setting

__all__ = ["FAMILY", "SearchSpace", "family_of", "join", "parse_setting"]

# the root of a joint space
FAMILY = "family"


@dataclass(frozen=True, kw_only=True)
class SearchSpace:
    """A tree of parameters; a configuration is one point of it.

    Attributes:
        name: e.g. ``tabular/mlp``.
        epochs: default full length of a trial.
        parameters: in the order written; a parent may stand after its child.
        portfolio: configurations to try first; what an entry leaves out takes its default.
        epochs_by_task: full lengths for some task kinds, instead of ``epochs``.
        portfolio_by_task: portfolios for some task kinds, instead of ``portfolio``.
        cases: defaults for some task kinds, data and numbers of rows, instead of those of the parameters.
        turns: among several families, the rounds in which its entries of the portfolio are tried; those
            that it does not name follow one a round.
    """

    name: str
    epochs: int
    parameters: tuple[Parameter, ...]
    portfolio: tuple[Configuration, ...] = ()
    epochs_by_task: Mapping[str, int] = field(default_factory=dict)
    portfolio_by_task: Mapping[str, tuple[Configuration, ...]] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    turns: tuple[int, ...] = ()
    ordered: tuple[Parameter, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        least = min(self.epochs, *self.epochs_by_task.values(), self.epochs)
        if least < 1:
            raise SpaceError(f"'epochs' must be at least 1, got {least}.")
        named = self._named()
        _check_parents(named)
        check_cases(self.cases, named)
        order = in_order({name: parameter.parents for name, parameter in named.items()})
        object.__setattr__(self, "ordered", tuple(named[name] for name in order))
        for portfolio in (self.portfolio, *self.portfolio_by_task.values()):
            self._check_portfolio(portfolio)

    def __getitem__(self, name: str) -> Parameter:
        """Return the parameter of that name.

        Raises:
            SpaceError: there is none; the message offers the nearest.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        known = dict.fromkeys(
            wanted for item in self.parameters for wanted in (_bare(item.name), item.name)
        )
        raise SpaceError(
            f"There is no parameter {name!r} in search space {self.name}. {suggest(name, known)}"
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters, in the order written."""
        return tuple(item.name for item in self.parameters)

    def walk(self, choose: Callable[[Parameter], Scalar]) -> dict[str, Scalar]:
        """Return the configuration that ``choose`` makes, asked for each active one, parents first."""
        configuration: dict[str, Scalar] = {}
        for parameter in self.ordered:
            if _asked_for(parameter, configuration):
                configuration[parameter.name] = choose(parameter)
        return configuration

    def sample(self, rng: random.Random) -> dict[str, Scalar]:
        """Draw a configuration."""
        return self.walk(lambda parameter: parameter.sample(rng))

    def default(self) -> dict[str, Scalar]:
        """Return the configuration of all defaults."""
        return self.walk(lambda parameter: parameter.default)

    def active(self, configuration: Configuration) -> tuple[str, ...]:
        """Return the names that a configuration must hold, given the values it has, parents first."""
        return tuple(self.walk(lambda item: configuration.get(item.name, item.default)))

    def complete(self, configuration: Configuration) -> dict[str, Scalar]:
        """Return a partial configuration with the defaults of what it leaves out.

        Raises:
            SpaceError: an unknown name, a value that does not fit, or a parameter that is not active.
        """
        completed = self.walk(lambda item: configuration.get(item.name, item.default))
        self.validate({**configuration, **completed})
        return completed

    def validate(self, configuration: Configuration) -> None:
        """Refuse what is no point of this space.

        Raises:
            SpaceError: an unknown, missing or inactive parameter, or a value that does not fit.
        """
        for name, value in configuration.items():
            parameter = self[name]
            if not parameter.contains(value):
                raise SpaceError(f"{value!r} does not fit parameter '{name}': {_described(parameter)}.")
        active = self.active(configuration)
        for name in configuration:
            if name not in active:
                raise SpaceError(f"parameter '{name}' is not active here: {_wish(self[name])}.")
        for name in active:
            if name not in configuration:
                raise SpaceError(f"parameter '{name}' is missing.")

    def starts(self) -> list[dict[str, Scalar]]:
        """Return the portfolio's entries as whole configurations, each one once."""
        whole: list[dict[str, Scalar]] = []
        for entry in self.portfolio:
            completed = self.complete(entry)
            if completed not in whole:
                whole.append(completed)
        return whole

    def refitted(self, entry: Configuration) -> dict[str, Scalar]:
        """Return the part of a configuration that fits: known names, values in range, what is active."""
        known = {item.name: item for item in self.parameters}
        kept = {
            name: value for name, value in entry.items() if name in known and known[name].contains(value)
        }
        active = self.active(kept)
        return {name: value for name, value in kept.items() if name in active}

    def for_task(self, kind: str) -> SearchSpace:
        """Return the space of one task kind: without the parameters meant for others and without what
        hangs on them, and with the kind's own full length.
        """
        whole = replace(
            self,
            epochs=self.epochs_by_task.get(kind, self.epochs),
            portfolio=self.portfolio_by_task.get(kind, self.portfolio),
            epochs_by_task={},
            portfolio_by_task={},
            cases=cases_for_task(self.cases, kind),
        )
        return whole._meant(lambda parameter: not parameter.tasks or kind in parameter.tasks)

    def for_kinds(self, kinds: Collection[str]) -> SearchSpace:
        """Return the space without the parameters meant for tensors that the data does not give, and
        without what hangs on them; of the cases those meant for such data are left.

        Args:
            kinds: kinds of tensors that the data gives, and its traits.
        """
        chosen = replace(self, cases=cases_for_kinds(self.cases, kinds))
        return chosen._meant(
            lambda parameter: not parameter.kinds or not {*kinds}.isdisjoint(parameter.kinds)
        )

    def for_rows(self, rows: int) -> SearchSpace:
        """Return the space with the defaults that its cases have for a number of training rows.

        Cases of some task kinds, or of some data, count only once the space is that of such.
        """
        chosen = defaults_for(self.cases, rows)
        changed = [
            with_default(item, chosen[item.name]) if item.name in chosen else item
            for item in self.parameters
        ]
        return replace(self, parameters=tuple(changed), cases=())

    def fix(self, name: str, value: Scalar) -> SearchSpace:
        """Return the space with a parameter made a constant; its range does not bind the user.

        Args:
            name: a parameter; in a joint space without prefix that of every family that has it.
            value: of the parameter's type; for a choice any scalar.

        Raises:
            SpaceError: no such parameter, or a value of another type.
        """
        return self._replaced({item.name: fixed(item, value) for item in self._called(name)})

    def narrow(self, name: str, to: Sequence[Scalar] | Mapping[str, float]) -> SearchSpace:
        """Return the space with a parameter narrowed; its range does not bind the user.

        Args:
            name: a parameter; in a joint space without prefix that of every family that has it.
            to: a list of values, or ``{"low": ..., "high": ...}``.

        Raises:
            SpaceError: no such parameter, or values of another type.
        """
        found = self._called(name)
        if isinstance(to, Mapping):
            return self._replaced({item.name: ranged(item, to["low"], to["high"]) for item in found})
        return self._replaced({item.name: limited(item, tuple(to)) for item in found})

    def split(self, configuration: Configuration) -> tuple[str, dict[str, Scalar]]:
        """Return the family of a joint space's configuration, and its parameters without the prefix.

        Raises:
            SpaceError: the configuration names no family.
        """
        family = configuration.get(FAMILY)
        if not isinstance(family, str):
            raise SpaceError(f"the configuration names no family: {dict(configuration)}.")
        flat = {name: value for name, value in configuration.items() if name != FAMILY}
        return family, {name.removeprefix(f"{family}."): value for name, value in flat.items()}

    def _check_portfolio(self, portfolio: Sequence[Configuration]) -> None:
        for number, entry in enumerate(portfolio, start=1):
            try:
                self.complete(entry)
            except SpaceError as error:
                raise SpaceError(f"portfolio entry {number}: {error}") from error

    def _called(self, name: str) -> list[Parameter]:
        found = [item for item in self.parameters if name in (item.name, _bare(item.name))]
        return found or [self[name]]

    def _named(self) -> dict[str, Parameter]:
        named: dict[str, Parameter] = {}
        for parameter in self.parameters:
            if parameter.name in named:
                raise SpaceError(f"parameter '{parameter.name}' is defined twice.")
            named[parameter.name] = parameter
        return named

    def _replaced(self, changed: Mapping[str, Parameter]) -> SearchSpace:
        return self._with([changed.get(item.name, item) for item in self.parameters])

    def _meant(self, wanted: Callable[[Parameter], bool]) -> SearchSpace:
        """The space of the parameters wanted whose parents are wanted, too."""
        kept: set[str] = set()
        for parameter in self.ordered:
            if wanted(parameter) and kept >= set(parameter.parents):
                kept.add(parameter.name)
        return self._with([item for item in self.parameters if item.name in kept])

    def _with(self, parameters: Sequence[Parameter]) -> SearchSpace:
        """The space with other parameters; portfolio entries lose what no longer fits."""
        cases = of_known(self.cases, {item.name: item for item in parameters})
        bare = replace(self, parameters=tuple(parameters), portfolio=(), portfolio_by_task={}, cases=cases)
        by_task = {
            kind: tuple(bare.refitted(entry) for entry in portfolio)
            for kind, portfolio in self.portfolio_by_task.items()
        }
        portfolio = tuple(bare.refitted(entry) for entry in self.portfolio)
        return replace(bare, portfolio=portfolio, portfolio_by_task=by_task)


def join(spaces: Mapping[str, SearchSpace]) -> SearchSpace:
    """Return one conditional space over several families, with ``family`` at its root.

    Args:
        spaces: family name to its space. A single family keeps its parameters' names; of several,
            each parameter is renamed ``<family>.<parameter>`` and present only with its family.

    Returns:
        The space. Its ``epochs`` are the largest; its portfolio takes turns among the families, in their
        order and as their ``turns`` say; its default is the first family's.

    Raises:
        SpaceError: no family, or a parameter is called ``family``.
    """
    if not spaces:
        raise SpaceError("no family is left to search.")
    for family, space in spaces.items():
        if any(parameter.name == FAMILY for parameter in space.parameters):
            raise SpaceError(f"search space {space.name} of {family}: no parameter may be called 'family'.")
    prefix = len(spaces) > 1
    parameters = [_parameters(family, space, prefix) for family, space in spaces.items()]
    entries = [entry for family, space in spaces.items() for entry in _portfolio(family, space, prefix)]
    return SearchSpace(
        name="+".join(space.name for space in spaces.values()),
        epochs=max(space.epochs for space in spaces.values()),
        parameters=(_root(tuple(spaces)), *chain.from_iterable(parameters)),
        portfolio=tuple(entry for _, entry in sorted(entries, key=lambda turn: turn[0])),
    )


def _bare(name: str) -> str:
    return name.rpartition(".")[2]


def _asked_for(parameter: Parameter, configuration: Configuration) -> bool:
    return all(condition.holds(configuration) for condition in parameter.when)


def _check_parents(named: Mapping[str, Parameter]) -> None:
    for parameter in named.values():
        for parent in parameter.parents:
            if parent not in named:
                raise SpaceError(
                    f"parameter '{parameter.name}' depends on {parent!r} in 'when', which is no parameter "
                    f"of this space. {suggest(parent, named)}"
                )


def _described(parameter: Parameter) -> str:
    facts = {
        key: value
        for key, value in parameter.plain().items()
        if key not in ("when", "tasks", "kinds", "default")
    }
    return ", ".join(f"{key} {value}" for key, value in facts.items())


def _wish(parameter: Parameter) -> str:
    wishes = []
    for condition in parameter.when:
        if isinstance(condition, OneOf):
            wishes.append(f"{condition.parent} = {' or '.join(str(value) for value in condition.values)}")
        else:
            wishes.append(f"{condition.parent} from {condition.low} to {condition.high}")
    return "it needs " + " and ".join(wishes)


def family_of(configuration: Configuration) -> str:
    """Return the family of a configuration, empty where the space has no families."""
    return str(configuration.get(FAMILY, ""))


def _root(families: tuple[str, ...]) -> Parameter:
    if len(families) == 1:
        return Constant(name=FAMILY, value=families[0])
    return Choice(name=FAMILY, values=families, default=families[0])


def _parameters(family: str, space: SearchSpace, prefix: bool) -> tuple[Parameter, ...]:
    if not prefix:
        return space.parameters
    return tuple(_guarded(parameter, family) for parameter in space.parameters)


def _guarded(parameter: Parameter, family: str) -> Parameter:
    own = tuple(replace(condition, parent=f"{family}.{condition.parent}") for condition in parameter.when)
    # a child's guard is its parent's: a condition on an absent parent is false
    guard = own or (OneOf(parent=FAMILY, values=(family,)),)
    return replace(parameter, name=f"{family}.{parameter.name}", when=guard)


def _portfolio(family: str, space: SearchSpace, prefix: bool) -> list[tuple[int, dict[str, Scalar]]]:
    """The entries of one family, each with the round in which it is tried."""
    start = f"{family}." if prefix else ""
    rounds = [*space.turns[: len(space.portfolio)]]
    while len(rounds) < len(space.portfolio):
        rounds.append(rounds[-1] + 1 if rounds else 0)
    return [
        (turn, {FAMILY: family, **{f"{start}{name}": value for name, value in entry.items()}})
        for turn, entry in zip(rounds, space.portfolio, strict=True)
    ]

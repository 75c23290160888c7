"""Earlier studies, read for a warm start or a portfolio, and what a new study keeps of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import optuna

from automl.core.errors import ConfigError, understood
from automl.core.specs import Configuration, Objective
from automl.spaces.parsing import parse_space
from automl.spaces.space import SearchSpace
from automl.study.earlier.warm_start import (
    Earlier,
    EarlierResult,
    Facts,
    Gift,
    Place,
    gift,
    plain_gift,
    restored_gift,
)
from automl.study.proposals.evidence import Seen, gather
from automl.study.storage.storage import open_storage

_KEY, _FACTS = "warm_start:", "facts"


def read_earlier(place: Place) -> Earlier:
    """Read a study.

    Raises:
        ConfigError: there is none, or several and none is named.
        MissingDependencyError: the driver of its storage is not installed.
    """
    with understood(Path(place.shown), kinds=(ValueError,)):
        return _read(_loaded(place))


def _read(study: optuna.Study) -> Earlier:
    evidence = gather(study)
    whole = _wholly(study.user_attrs.get("space"), study.study_name)
    results = tuple(
        EarlierResult(configuration=whole(item), standing=float(standing), failed=not item.rungs)
        for item, standing in zip(evidence.seen, evidence.standings, strict=True)
    )
    return Earlier(
        name=study.study_name,
        facts=_facts(study.user_attrs.get(_FACTS)),
        objectives=_objectives(study.user_attrs.get("objectives")),
        results=results,
    )


def gifts_of(
    study: optuna.Study,
    places: Sequence[Place],
    space: SearchSpace,
    objectives: Sequence[Objective],
    facts: Facts | None,
) -> tuple[Gift, ...]:
    """Return what a study has from earlier ones; a study without trials takes it now and keeps it.

    Args:
        study: the new one, or one that is gone on with.
        places: the earlier ones; they are read only while the study has no trials.
        space: the study's.
        objectives: the study's.
        facts: of its data, kept for studies to come.
    """
    known = study.user_attrs
    if not study.get_trials(deepcopy=False):
        if facts is not None and _FACTS not in known:
            study.set_user_attr(_FACTS, facts.plain())
        for number, place in enumerate(places):
            if f"{_KEY}{number}" not in known:
                taken = gift(read_earlier(place), space, objectives, facts)
                # one by one: a data base may limit the length of a value
                study.set_user_attr(f"{_KEY}{number}", plain_gift(taken))
    kept = [(key, value) for key, value in study.user_attrs.items() if key.startswith(_KEY)]
    found = [restored_gift(value) for _, value in sorted(kept)] or [_too_late(item) for item in places]
    return tuple(sorted(found, key=lambda item: -item.weight))


def _too_late(place: Place) -> Gift:
    reason = "the study was started without it, and what it started from cannot change"
    return Gift(name=place.shown, weight=0.0, note=f"Nothing is taken from {place.shown}: {reason}.")


def _loaded(place: Place) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if "://" not in place.storage and not Path(place.storage).is_file():
        raise ConfigError(f"{place.shown}: there is no study; {place.storage} does not exist.")
    storage = open_storage(Path(), place.storage)
    names = [place.name] if place.name else optuna.get_all_study_names(storage)
    if len(names) != 1:
        there = f"several: {', '.join(sorted(names))}. Name one as {place.shown}#NAME" if names else "none"
        raise ConfigError(f"{place.shown}: expected one study, found {there}.")
    try:
        return optuna.load_study(study_name=names[0], storage=storage)
    except KeyError as error:
        raise ConfigError(f"There is no study {names[0]!r} in {place.shown}.") from error


def _objectives(plain: Any) -> tuple[str, ...]:
    """What a study of ours optimised; another one may keep anything under that name."""
    known = isinstance(plain, list) and all(isinstance(text, str) for text in plain)
    return tuple(plain) if known else ()


def _facts(plain: Any) -> Facts | None:
    if not isinstance(plain, dict) or plain.keys() != {item.name for item in fields(Facts)}:
        return None
    return Facts(**plain)


def _wholly(text: Any, name: str) -> Callable[[Seen], Configuration]:
    """From a trial to its configuration: constants, the family among them, are in the space alone."""
    if not isinstance(text, str):
        return lambda item: dict(item.params)
    space = parse_space(text, source=f"study {name}", name=name)
    return lambda item: space.walk(lambda parameter: item.params.get(parameter.name, parameter.default))

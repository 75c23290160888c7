"""What a study was made for: stored in a new study and checked when it is opened again."""

from __future__ import annotations

import warnings

import optuna

from automl.core.errors import ConfigError
from automl.core.specs import Objective
from automl.spaces.loading import dump_space
from automl.spaces.space import SearchSpace


def claim(study: optuna.Study, space: SearchSpace, objectives: tuple[Objective, ...]) -> None:
    """Mark a new study as ours.

    Args:
        study: new, or of an earlier session.
        space: what is searched.
        objectives: what is optimised.

    Raises:
        ConfigError: the study was made for another space or other objectives.
    """
    wanted = {
        "objectives": [objective.text for objective in objectives],
        "space": dump_space(space),
    }
    known = study.user_attrs
    # a process that was killed while it marked a study leaves a part of the marks, and no trials
    missing = [key for key in wanted if key not in known]
    ours = all(key in wanted and value == wanted[key] for key, value in known.items())
    if missing and ours and not study.get_trials(deepcopy=False):
        for key in missing:
            study.set_user_attr(key, wanted[key])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            study.set_metric_names([objective.label for objective in objectives])
    for key, what in (("objectives", "other objectives"), ("space", "another search space")):
        if study.user_attrs.get(key) != wanted[key]:
            raise ConfigError(
                f"The study {study.study_name!r} in this storage was made for {what}"
                f"{_told_apart(study.user_attrs.get(key), wanted[key])}. Use another name, output folder "
                "or storage, or the settings it was made with."
            )


def _told_apart(came: object, wanted: object) -> str:
    if isinstance(came, list) and isinstance(wanted, list):
        return f": {', '.join(map(str, came))} instead of {', '.join(map(str, wanted))}"
    return ""

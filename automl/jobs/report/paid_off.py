"""What paid off in a search, in words and as tables, by a surrogate of its trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from automl.core.figures import Figure, Table, rounded
from automl.core.specs import Configuration, Scalar
from automl.drawing.scales import number_text
from automl.jobs.report.facts import Searched, by_family, parameters_of, value_words
from automl.jobs.report.importance import Compared
from automl.jobs.report.surrogate import Effect, Step, Surrogate, surrogate_of
from automl.spaces.space import family_of

MOST_ROWS = 12
LEAST_SKILL = 0.1
"""Share of the variance that a surrogate must predict: below, what it says of steps is chance."""

LEAST_SHARE = 0.02
"""Share of the variance below which a parameter hardly made a difference."""

NEARLY = 0.95
"""Share of a gain that is told step by step; the steps behind add little."""

ROLES: Mapping[str, tuple[str, ...]] = {
    "regularisation": (
        "dropout",
        "block_dropout",
        "embedding_dropout",
        "vector_dropout",
        "word_dropout",
        "weight_decay",
        "label_smoothing",
        "l1_weight",
        "factor_penalty",
    ),
    "augmentation": (
        "brightness",
        "contrast",
        "cutmix",
        "erasing",
        "flip",
        "frequency_mask",
        "mixup",
        "noise",
        "rotation",
        "shift",
        "speed",
        "time_mask",
        "time_shift",
        "zoom",
    ),
}
"""Parameters that fight overfitting, by what they are called in all spaces."""


@dataclass(frozen=True, kw_only=True)
class PaidOff:
    """What is told.

    Attributes:
        text: in words, one sentence after another; empty where nothing can be told.
        figures: the numbers behind it.
    """

    text: str
    figures: tuple[Figure, ...]


def paid_off(searched: Searched, family: str, found: Compared, of: str) -> PaidOff:
    """Return what paid off among trials of one family.

    Args:
        searched: the search.
        family: name of the family.
        found: its trials at one epoch.
        of: behind titles, where there are several families.
    """
    larger = searched.objective.direction == "maximize"
    surrogate = surrogate_of(found, larger=larger)
    if surrogate is None:
        return PaidOff(text="", figures=())
    named = f"of {family} " if of else ""
    if surrogate.skill < LEAST_SKILL:
        text = (
            f"The scores {named}cannot be predicted from the parameters (R² {surrogate.skill:.2f} on "
            "trials left out), so what paid off is not told: more trials are needed, or it is chance."
        )
        return PaidOff(text=text, figures=())
    effects = surrogate.effects()
    sentences = [
        f"By a surrogate of {len(found.trials)} trials {named}(random forest, R² {surrogate.skill:.2f} on "
        "trials left out), so predicted, not measured:",
        _most_of_it(effects),
        *(_role(role, names, effects, larger) for role, names in ROLES.items()),
    ]
    figures: list[Figure] = [_effects(effects, larger, of)]
    if family in searched.defaults:
        best = (max if larger else min)(range(len(found.scores)), key=lambda at: found.scores[at])
        end, number = parameters_of(found.trials[best]), found.trials[best].number
        told, table = _way(surrogate, searched.defaults[family], end, f"trial {number}", larger, of)
        sentences.append(told)
        figures += table
    return PaidOff(text=" ".join(filter(None, sentences)), figures=tuple(figures))


def families_told(searched: Searched) -> str:
    """Return how much better the best family is than the next one; nothing of a single one."""
    best = {name: trials[0] for name, trials in by_family(searched.scored).items() if trials}
    if len(best) < 2:
        return ""
    order = list(dict.fromkeys(family_of(item.configuration) for item in searched.scored))
    first, second = (best[name].scores[0] for name in order[:2])
    return (
        f"Of {len(best)} families {order[0]} came out best ({number_text(first)}), before {order[1]} "
        f"({number_text(second)})."
    )


def _most_of_it(effects: Sequence[Effect]) -> str:
    first = [item for item in effects if item.share >= LEAST_SHARE][:3]
    if not first:
        return "no parameter makes a difference by itself."
    named = ", ".join(f"`{item.name}` {item.share:.0%}" for item in first)
    return f"{named} of the variance, each by itself."


def _role(role: str, names: Sequence[str], effects: Sequence[Effect], larger: bool) -> str:
    """What paid off of regularisation or augmentation."""
    known = [item for item in effects if item.name in names]
    moved = [item for item in known if item.share >= LEAST_SHARE]
    if not known:
        return ""
    rest = len(known) - len(moved)
    told = [_best_of(item, larger) for item in moved]
    if rest:
        told.append(f"{rest} other{'s' if rest > 1 else ''} hardly matter{'' if rest > 1 else 's'}")
    if not moved:
        told = [f"no {role} made a difference ({', '.join(f'`{item.name}`' for item in known)})"]
    return f"{role.capitalize()}: {'; '.join(told)}."


def _best_of(item: Effect, larger: bool) -> str:
    best, gain = _gain(item, larger)
    told = f"`{item.name}` is best at {_words(item.values[best])}"
    return f"{told} ({_signed(gain)} against {_words(item.values[0])})" if best else told


def _gain(item: Effect, larger: bool) -> tuple[int, float]:
    """Which value is best, and how much better than the first one: of a number the smallest."""
    best = (max if larger else min)(range(len(item.means)), key=lambda at: item.means[at])
    return best, item.means[best] - item.means[0]


def _effects(effects: Sequence[Effect], larger: bool, of: str) -> Table:
    rows = []
    for item in effects[:MOST_ROWS]:
        best, gain = _gain(item, larger)
        role = next((role for role, names in ROLES.items() if item.name in names), "")
        values = _words(item.values[best]), _words(item.values[0])
        rows.append((item.name, role, f"{item.share:.0%}", *values, _signed(gain)))
    return Table(
        title=f"What paid off{of}, predicted",
        columns=("parameter", "kind", "share of the variance", "best at", "against", "score"),
        rows=tuple(rows),
        note=(
            "Functional ANOVA of a random forest (Hutter et al., 2014): what each parameter does by "
            "itself, the mean over all others."
        ),
    )


def _way(
    surrogate: Surrogate, start: Configuration, end: Configuration, winner: str, larger: bool, of: str
) -> tuple[str, tuple[Table, ...]]:
    """The way from the defaults to the winner, told until nearly all is gained."""
    begins, ends = surrogate.predict([start, end]).tolist()
    steps = surrogate.steps(start, end, larger=larger)
    sign = 1.0 if larger else -1.0
    whole = sign * (ends - begins)
    if not steps or whole <= 0:
        return f"The defaults are predicted to be no worse than {winner}.", ()
    reached = [sign * (step.score - begins) >= NEARLY * whole for step in steps]
    needed = reached.index(True) + 1 if any(reached) else len(steps)
    first = ", ".join(
        f"`{step.name}` {_words(step.before)} to {_words(step.after)}" for step in steps[:needed]
    )
    more = len(steps) - needed
    text = (
        f"From the defaults (predicted {number_text(begins)}) to {winner} (predicted {number_text(ends)}) "
        f"{needed} of {len(steps)} changes make nearly all of the difference: {first}."
    )
    table = Table(
        title=f"From the defaults to {winner}{of}, predicted",
        columns=("change", "from", "to", "score then"),
        rows=(
            ("defaults", "", "", rounded(begins)),
            *(_step(step) for step in steps[: max(needed, 1)][:MOST_ROWS]),
        ),
        note=(
            f"Each time the change that gains most (ablation by a surrogate, Biedenkapp et al., 2017). "
            f"{f'{more} more add little or take some of it back.' if more else ''}"
        ).strip(),
    )
    return text, (table,)


def _step(step: Step) -> tuple[str, str, str, float | None]:
    return step.name, _words(step.before), _words(step.after), rounded(step.score)


def _words(value: Scalar) -> str:
    return "none" if value is None else value_words(value)


def _signed(gain: float) -> str:
    return f"{gain:+.2g}"

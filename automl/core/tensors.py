"""The preprocessed tensors between data and models: what each is, and how a family takes hold of them.

A tensor's *kind* says what it means, its *name* which one it is: two columns of text give two tensors of
the kind ``tokens``. Kinds are an open set of words; families ask for kinds and never for names.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from automl.core.catalog import Catalog
from automl.core.errors import ConfigError
from automl.core.extensions import FACTS_GROUP


@dataclass(frozen=True, kw_only=True)
class Categories:
    """Facts on codes of categories ``(columns,) int32``.

    Attributes:
        sizes: number of different codes of each column; code 0 is missing or unseen.
    """

    sizes: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Ranks:
    """Facts on ranks of numbers ``(columns,) float32``.

    Attributes:
        steps: pieces of equal height that the line from a column's numbers to their ranks consists of.
    """

    steps: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """Facts on ids of words or n-grams ``(length,) int32``.

    Attributes:
        size: number of different ids; 0 is padding.
    """

    size: int


@dataclass(frozen=True, kw_only=True)
class Subwords(Vocabulary):
    """Facts on sub-word tokens of running text ``(any, 1) int32``, of which several vocabularies are made.

    Attributes:
        asked: size of the vocabulary as a search space has it.
        context: tokens that a model may look back over.
    """

    asked: int
    context: int


@dataclass(frozen=True, kw_only=True)
class Ngrams(Vocabulary):
    """Facts on ids of n-grams, those of whole words first and pieces of words behind ``(length,) int32``.

    Attributes:
        words: ids below it are padding, words and pairs of words.
        places: places, from the first on, that such ids can stand at; pieces of words stand behind them.
    """

    words: int
    places: int


@dataclass(frozen=True, kw_only=True)
class Catalogue(Vocabulary):
    """Facts on numbers of items that a user has dealt with ``(length, 1) int32``.

    Attributes:
        counts: how many users have dealt with each item, item number 1 first.
        sizes: number of codes of each column of what is known of items, 0 being missing; perhaps none.
        codes: of each item in turn the code of each column.
    """

    counts: tuple[int, ...]
    sizes: tuple[int, ...] = ()
    codes: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pixels:
    """Facts on normalised pictures ``(height, width, channels) float32``.

    ``value * deviation + mean`` are pixels on a scale of 0 to 255, whatever the raw one.

    Attributes:
        mean: of each channel, which was taken out.
        deviation: standard deviation that each channel was divided by.
    """

    mean: tuple[float, ...]
    deviation: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Facts on sequences ``(time, channels) float32``.

    Attributes:
        targets: for forecasting, how many leading channels are forecast.
        masked: steps that are all NaN are padding.
    """

    targets: int = 0
    masked: bool = False


@dataclass(frozen=True, kw_only=True)
class Waveform:
    """Facts on sounds ``(samples,) float32``.

    Attributes:
        rate: samples of a second.
        masked: samples that are NaN are padding, behind the end of a clip.
        step_ms: milliseconds from one step of features to the next at most, so that what is asked for at
            each step fits into every clip; 0 where nothing is.
    """

    rate: int
    masked: bool = True
    step_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Footage(Pixels):
    """Facts on normalised videos ``(frames, height, width, channels) float32``; see ``Pixels``.

    Attributes:
        change: standard deviation of what changes from frame to frame, for each channel.
    """

    change: tuple[float, ...]


MANY_CATEGORIES = 10
"""A column with more has many: means of targets say at once what weights of each learn slowly."""


@dataclass(frozen=True, kw_only=True)
class InnerFolds:
    """Facts on the inner fold of each row ``(1,) int32``: from 1 on where it is trained on, else 0.

    What a network learns of targets before its training, such as means by category, it reads for a training
    row from the other inner folds alone.

    Attributes:
        count: of the inner folds.
        columns: places, among those of all encoded targets side by side, of the columns that tell
            something; none before the targets are known.
    """

    count: int
    columns: tuple[int, ...] = ()


FACTS: Catalog[type[Any]] = Catalog(
    "record of facts",
    {
        "categories": f"{__name__}:Categories",
        "ranks": f"{__name__}:Ranks",
        "vocabulary": f"{__name__}:Vocabulary",
        "ngrams": f"{__name__}:Ngrams",
        "subwords": f"{__name__}:Subwords",
        "catalogue": f"{__name__}:Catalogue",
        "pixels": f"{__name__}:Pixels",
        "steps": f"{__name__}:Steps",
        "waveform": f"{__name__}:Waveform",
        "footage": f"{__name__}:Footage",
        "inner_folds": f"{__name__}:InnerFolds",
    },
    group=FACTS_GROUP,
    expected=type,
)
"""Records that a ``TensorSpec`` in a file may hold."""


@dataclass(frozen=True, kw_only=True)
class TensorSpec:
    """One preprocessed tensor that a family may take.

    Attributes:
        name: unique among the inputs of a model; equal to the kind where that has one tensor only.
        kind: what it means: ``numeric``, ``ranks``, ``categorical``, ``image``, ``tokens``, ``ngrams``,
            ``ngram_weights``, ``sequence``, ``kernels``, ``sound``, ``video``, ``inner_fold``, ``patches``,
            ``embedding``, ...
        shape: shape without the batch axis; ``None`` where it varies.
        dtype: ``float32`` or ``int32``.
        facts: what a family must know of it beyond its shape, one record per kind, or None.
        source: the raw input, or group of raw inputs, that it is made from. A model must see each source
            in at least one tensor; several tensors of one source are views of the same thing.
    """

    name: str
    kind: str
    shape: tuple[int | None, ...]
    dtype: str = "float32"
    facts: Any = None
    source: str = ""


class Sourced(Protocol):
    """What matching needs to know of a tensor."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Promised:
    """A tensor that preprocessing will give once it is fitted; see ``TensorSpec``."""

    kind: str
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A tensor of a model that is being built, with its spec.

    Attributes:
        tensor: symbolic ``(batch, *spec.shape)``.
        spec: what it is.
    """

    tensor: Any
    spec: TensorSpec


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The tensors that a family is built on, found by kind.

    Attributes:
        bound: in the order of the data.
    """

    bound: tuple[Bound, ...]

    def all(self, kind: str) -> tuple[Bound, ...]:
        """Every tensor of a kind, perhaps none."""
        return tuple(item for item in self.bound if item.spec.kind == kind)

    def get(self, kind: str) -> Bound | None:
        """The first tensor of a kind, or None where the data has none."""
        return next(iter(self.all(kind)), None)

    def one(self, kind: str) -> Bound:
        """The tensor of a kind that a family cannot do without.

        Raises:
            LookupError: there is none; the slots of the family should have said so.
        """
        found = self.get(kind)
        if found is None:
            raise LookupError(f"There is no tensor of the kind {kind!r}.")
        return found

    def by_name(self) -> dict[str, Any]:
        """The tensors as a model takes them."""
        return {item.spec.name: item.tensor for item in self.bound}

    def with_tensor(self, item: Bound, tensor: Any) -> Inputs:
        """The same with another tensor in the place of ``item``'s."""
        changed = (replace(each, tensor=tensor) if each is item else each for each in self.bound)
        return Inputs(bound=tuple(changed))


def spec_to_plain(spec: TensorSpec) -> dict[str, Any]:
    """A spec as JSON.

    Raises:
        ValueError: the facts are of a record that ``FACTS`` does not know.
    """
    plain = asdict(spec)
    if spec.facts is not None:
        plain["facts"] = {"record": _name_of(type(spec.facts)), **plain["facts"]}
    return plain


def spec_from_plain(plain: Mapping[str, Any]) -> TensorSpec:
    """A spec from JSON, which has no tuples."""
    values = _with_tuples(plain)
    facts = values.pop("facts")
    if facts is not None:
        own = _with_tuples(facts)
        facts = FACTS[own.pop("record")](**own)
    return TensorSpec(**values, facts=facts)


def _name_of(record: type[Any]) -> str:
    for name in FACTS:
        with suppress(ConfigError):  # one of another package that cannot be loaded
            if FACTS[name] is record:
                return name
    raise ValueError(
        f"{record.__name__} is no known record of facts; a package declares its own in {FACTS_GROUP}."
    )


def _with_tuples(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}

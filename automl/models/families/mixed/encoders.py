"""Which families encode which kinds of tensors, and the options of them all under names of one record.

An option of an encoder bears the encoder's name in front, ``image_cnn_filters`` is ``filters`` of
``image/cnn``, so that no two encoders share a parameter that means something else to each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, make_dataclass
from typing import Any

from automl.core.errors import ConfigError, suggest
from automl.core.specs import Scalar
from automl.core.tensors import TensorSpec
from automl.models.catalog import FAMILIES
from automl.models.ends import deal_ends
from automl.models.family import Family

NEEDS = ("vector",)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the data that one encoder stands for.

    Attributes:
        name: what its parameters begin with.
        kinds: kinds of its tensors.
        encoders: families that can encode it, the first by default.
        together: whether tensors of all sources are encoded as one, as the columns of a table are; else
            each source gets an encoder with weights of its own.
    """

    name: str
    kinds: tuple[str, ...]
    encoders: tuple[str, ...]
    together: bool = False

    @property
    def choice(self) -> str:
        """The parameter that names its encoder."""
        return f"{self.name}_encoder"

    def family(self, options: Any, group: Sequence[TensorSpec]) -> Family | None:
        """Return the encoder of a group: the chosen one, or the first that can do with what is there.

        A text may come as words without n-grams, or the other way round; None where no encoder can.

        Raises:
            ConfigError: none of that name.
        """
        chosen, known = getattr(options, self.choice), [name.split("/")[1] for name in self.encoders]
        if chosen not in known:
            raise ConfigError(f"Unknown {self.choice} {chosen!r}. {suggest(chosen, known)}")
        kinds = [spec.kind for spec in group]
        order = sorted(self.encoders, key=lambda name: name.split("/")[1] != chosen)
        return next((family for family in map(_family, order) if _fits(family, kinds)), None)

    def groups(self, specs: Sequence[TensorSpec]) -> list[tuple[TensorSpec, ...]]:
        """Split those tensors that belong to it into what is encoded by itself; none where it is absent."""
        own = [spec for spec in specs if spec.kind in self.kinds]
        if self.together:
            return [tuple(own)] if own else []
        sources = dict.fromkeys(spec.source for spec in own)
        return [tuple(spec for spec in own if spec.source == source) for source in sources]


PARTS = (
    Part(
        name="table",
        kinds=("numeric", "ranks", "categorical"),
        encoders=("tabular/mlp", "tabular/linear", "tabular/residual_mlp", "tabular/transformer"),
        together=True,
    ),
    Part(
        name="image",
        kinds=("image",),
        encoders=("image/cnn", "image/residual_cnn", "image/vision_transformer", "image/backbone"),
    ),
    Part(
        name="text",
        kinds=("tokens", "ngrams", "ngram_weights"),
        encoders=("text/ngrams", "text/cnn", "text/rnn", "text/transformer"),
    ),
    Part(
        name="sound",
        kinds=("sound", "cepstrum"),
        encoders=("audio/cnn", "audio/residual_cnn", "audio/cepstrum"),
    ),
    Part(
        name="video",
        kinds=("video", "motion"),
        encoders=("video/cnn", "video/space_time_cnn", "video/motion"),
    ),
)


def encoded(specs: Sequence[TensorSpec], options: Any) -> list[tuple[Family, tuple[TensorSpec, ...]]]:
    """Return the encoders that tensors get, each with those that it connects to."""
    found = []
    for part in PARTS:
        for group in part.groups(specs):
            family = part.family(options, group)
            if family is not None:
                kinds = {slot.kind for slot in family.slots}
                found.append((family, tuple(spec for spec in group if spec.kind in kinds)))
    return found


def with_encoders(name: str, base: type[Any]) -> type[Any]:
    """Make a record of options: those of ``base``, a choice for each part, and those of every encoder."""
    parts = [(part.choice, str, part.encoders[0].split("/")[1]) for part in PARTS]
    nested = [
        (f"{prefix(family)}{option}", type(default), default)
        for part in PARTS
        for family in (FAMILIES[encoder] for encoder in part.encoders)
        for option, default in _defaults(family).items()
    ]
    made = [(key, kind, field(default=default)) for key, kind, default in (*parts, *nested)]
    return make_dataclass(name, made, bases=(base,), frozen=True, kw_only=True)


def configuration_of(family: Family, options: Any) -> dict[str, Scalar]:
    """Return an encoder's own configuration out of the record of all."""
    return {option: getattr(options, f"{prefix(family)}{option}") for option in _defaults(family)}


def prefix(family: Family) -> str:
    """What stands in front of the options of an encoder."""
    return f"{family.name.replace('/', '_')}_"


def _family(name: str) -> Family:
    return FAMILIES[name]


def _fits(family: Family, kinds: Sequence[str]) -> bool:
    """Whether the slots can be filled and something fills them."""
    counts = {slot.kind: kinds.count(slot.kind) for slot in family.slots}
    return any(counts.values()) and all(slot.holds(counts[slot.kind]) for slot in family.slots)


def _defaults(family: Family) -> Mapping[str, Scalar]:
    """Options of a family and of the necks that end it, with their defaults."""
    necks = [end.options for end in deal_ends(family, NEEDS, {})]
    return dict(_values((*necks, family.options())))


def _values(records: Sequence[Any]) -> Iterator[tuple[str, Scalar]]:
    for record in records:
        for item in fields(record):
            yield item.name, getattr(record, item.name)

"""Which families encode which kinds of tensors, and the options of them all under names of one record.

An option of an encoder bears the encoder's name in front, ``image_cnn_filters`` is ``filters`` of
``image/cnn``, so that no two encoders share a parameter that means something else to each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, make_dataclass
from typing import Any, TypeVar

from automl.core.errors import ConfigError, suggest
from automl.core.specs import Scalar
from automl.core.tensors import Sourced
from automl.models.catalog import FAMILIES
from automl.models.ends import deal_ends
from automl.models.family import Family

Tensor = TypeVar("Tensor", bound=Sourced)

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

    def family(self, options: Any) -> Family:
        """Return the chosen encoder.

        Raises:
            ConfigError: none of that name.
        """
        chosen, known = getattr(options, self.choice), [name.split("/")[1] for name in self.encoders]
        if chosen not in known:
            raise ConfigError(f"Unknown {self.choice} {chosen!r}. {suggest(chosen, known)}")
        return FAMILIES[self.encoders[known.index(chosen)]]

    def groups(self, tensors: Sequence[Tensor]) -> list[tuple[Tensor, ...]]:
        """Split those tensors that belong to it into what is encoded by itself; none where it is absent."""
        own = [tensor for tensor in tensors if tensor.kind in self.kinds]
        if self.together:
            return [tuple(own)] if own else []
        sources = dict.fromkeys(tensor.source for tensor in own)
        return [tuple(tensor for tensor in own if tensor.source == source) for source in sources]


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
)


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


def _defaults(family: Family) -> Mapping[str, Scalar]:
    """Options of a family and of the necks that end it, with their defaults."""
    necks = [end.options for end in deal_ends(family, NEEDS, {})]
    return dict(_values((*necks, family.options())))


def _values(records: Sequence[Any]) -> Iterator[tuple[str, Scalar]]:
    for record in records:
        for item in fields(record):
            yield item.name, getattr(record, item.name)

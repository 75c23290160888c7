"""Text from a language model, token by token."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError, DataError
from automl.core.tokens import DOCUMENT_END, Tokens
from automl.tasks.sampling import MOST_TOKENS, Sampling
from automl.tasks.task import Continues, Task

if TYPE_CHECKING:
    import keras
    import numpy as np

    from automl.models.stepping import Stepper

GRAIN = 64
"""Without a state a whole text is read for each token, filled up to a multiple of this: each length is
compiled for."""


@dataclass(frozen=True, kw_only=True)
class Writing:
    """How a text is written.

    Attributes:
        tokens: how many at most; fewer where a document ends.
        sampling: how each is drawn.
        seed: of the drawing.
        cache: whether the network keeps what it has read as a state. Without one it reads the whole text
            again for each token, which takes longer and gives the same.

    Raises:
        ConfigError: a value out of its range.
    """

    tokens: int = 500
    sampling: Sampling = field(default_factory=Sampling)
    seed: int = 0
    cache: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.tokens <= MOST_TOKENS:
            raise ConfigError(f"tokens: expected a number from 1 to {MOST_TOKENS}, got {self.tokens}.")
        if self.seed < 0:
            raise ConfigError(f"seed: expected a whole number of at least 0, got {self.seed}.")


def streams_of(task: Task) -> Mapping[str, Tokens]:
    """Return the tokens of a task that text can be written for, by the name of the tensor.

    Raises:
        ConfigError: it is another task.
    """
    if not isinstance(task, Continues):
        raise ConfigError(
            f"The task {task.kind!r} writes no text. Search with --task language_model for one that does."
        )
    return task.streams


@dataclass(frozen=True)
class Writer:
    """Writes text with an exported language model; the network that steps is made once.

    Args:
        model: as exported.
        streams: tokens by the name of the tensor that its network may take.
    """

    model: keras.Model
    streams: Mapping[str, Tokens]

    def write(self, prompt: str, how: Writing) -> Iterator[str]:
        """Give what may follow a text, piece by piece.

        Args:
            prompt: the text, at least one character.
            how: how much, and how it is drawn.

        Raises:
            DataError: the prompt is empty, or has characters that training did not have.
        """
        _check(prompt, self.tokens)
        return self._pieces(prompt, how)

    def _pieces(self, prompt: str, how: Writing) -> Iterator[str]:
        import numpy as np

        random = np.random.default_rng(how.seed)
        read, shown = self._reader(cache=how.cache), self.tokens.shower()
        scores = read(self.tokens.encode(prompt).tolist())
        for left in reversed(range(how.tokens)):
            token = how.sampling.draw(scores, random)
            text = shown(token)
            if text == DOCUMENT_END:
                return
            yield text
            if left:
                scores = read([token])

    def _reader(self, *, cache: bool) -> Callable[[list[int]], np.ndarray]:
        """What reads further tokens and gives the scores of the next one ``(V,)``."""
        import numpy as np

        if cache:
            states: dict[str, Any] = dict(self._stepper.first)

            def step(more: list[int]) -> np.ndarray:
                nonlocal states
                for token in more[:-1]:
                    _, states = self._stepper.step(token, states)
                scores, states = self._stepper.step(more[-1], states)
                return scores

            return step
        whole: list[int] = []

        def again(more: list[int]) -> np.ndarray:
            whole.extend(more)
            room = np.zeros((1, -(-len(whole) // GRAIN) * GRAIN, 1), np.int32)
            room[0, : len(whole), 0] = whole
            found = np.asarray(self._whole.predict_on_batch({"stream": room}))
            return np.asarray(found[0, len(whole) - 1])

        return again

    @cached_property
    def tokens(self) -> Tokens:
        """Those that the model reads."""
        (name,) = self._network.input
        return self.streams[name]

    @cached_property
    def _stepper(self) -> Stepper:
        from automl.models.stepping import stepper_of

        return stepper_of(self._network)

    @cached_property
    def _whole(self) -> keras.Model:
        from automl.models.stepping import of_any_length

        return of_any_length(self._network)

    @cached_property
    def _network(self) -> keras.Model:
        return _network_of(self.model)


def _check(prompt: str, tokens: Tokens) -> None:
    if not prompt:
        raise DataError("The prompt is empty: expected at least one character for the text to follow.")
    strange = tokens.unknown(prompt)
    if strange:
        raise DataError(
            f"The prompt has characters that the model was not trained on: {strange[:20]!r}. Leave them"
            " out."
        )


def _network_of(model: keras.Model) -> keras.Model:
    """The network from tokens to scores within an exported model."""
    import keras

    from automl.tasks.language_layers import NATS

    for core in model.layers:
        if isinstance(core, keras.Model) and NATS in {layer.name for layer in core.layers}:
            scores, _ = core.get_layer(NATS).input
            return keras.Model(core.input, scores)
    raise ConfigError("The exported model holds no network of tokens: it was not made by a search.")

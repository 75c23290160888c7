"""Candidates in Keras' own ``fit``, the members of a bag in turn within each epoch."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np

from automl.core.targets import take_rows
from automl.training.bag import members_of, pooled
from automl.training.batches.deal import Length, parts_per_batch
from automl.training.batches.streamed import StreamedBatches
from automl.training.engine import Candidate, Split
from automl.training.inputs import wanted
from automl.training.pace import Pace
from automl.training.program import MemberPortions
from automl.training.progress import Progress
from automl.training.schedules import PLATEAU
from automl.training.scoring import Portions
from automl.training.state import assign, values_of
from automl.training.turns import Turns, Values
from automl.training.watch import Watch


class Fitted:
    """The members of a candidate in its compiled model.

    Args:
        candidate: its model is compiled.
        begun: what each member begins with; the first one, where it is new, with what the model holds.
    """

    def __init__(self, candidate: Candidate, begun: Sequence[Values]) -> None:
        self._bag, self._model = bool(candidate.parts), candidate.model
        self._fresh = values_of(self._model.optimizer.variables)
        if begun[0][1] is not None:
            self._enter(0, begun[0])
        self._turns = Turns(begun, self._enter, self._leave)

    def take(self, member: int) -> None:
        """Let the model be that of a member."""
        self._turns.take(member)

    def compiled_again(self, compile_again: Callable[[], None]) -> None:
        """Give the model another optimizer that goes on where the one before stood."""
        slots = values_of(self._model.optimizer.variables)
        compile_again()
        assign(self._model.optimizer.variables, slots, "optimizer")

    def variables(self) -> tuple[np.ndarray, ...]:
        """Copy the model's variables; of a bag those of all members, each ``(k, ...)``."""
        return self._turns.variables() if self._bag else values_of(self._model.variables)

    def optimizer(self) -> tuple[np.ndarray, ...]:
        """Copy the optimizer's variables; of a bag those of all members, each ``(k, ...)``."""
        return self._turns.optimizer() if self._bag else values_of(self._model.optimizer.variables)

    def _enter(self, member: int, values: Values) -> None:
        variables, slots = values
        assign(self._model.variables, variables, "model")
        assign(self._model.optimizer.variables, self._fresh if slots is None else slots, "optimizer")

    def _leave(self) -> Values:
        return values_of(self._model.variables), values_of(self._model.optimizer.variables)


class FitRun:
    """One candidate, from its first epoch to its last.

    Args:
        candidate: its model is compiled.
        split: the data.
        fitted: its members.
        watch: told of every epoch.
        length: of an epoch.
        pace: shortens the epochs while the first one is under way, or None.
        grain: what the examples of each part of a batch are a multiple of.
        predict: gives the raw outputs of a model for all rows of inputs.
        compile_again: lays the schedule over another length.
    """

    def __init__(
        self,
        candidate: Candidate,
        split: Split,
        fitted: Fitted,
        *,
        watch: Watch,
        length: Length,
        pace: Pace | None,
        grain: int,
        predict: Callable[[keras.Model, Mapping[str, np.ndarray]], Portions],
        compile_again: Callable[[Length], None],
    ) -> None:
        self._candidate, self._split, self._fitted, self._watch = candidate, split, fitted, watch
        self._members = members_of(candidate)
        self._pace, self._grain, self._predict = pace, grain, predict
        self._compile_again = compile_again
        self._length = self._laid_out = length
        self._parts = parts_per_batch(candidate.options.accumulation, length.size)
        self._heard, self._compiled = (0, 0.0), False
        self._tell()

    def go(self) -> None:
        """Train until the watch ends it."""
        if not self._candidate.parts and self._pace is None:
            self._fit(0, self._candidate.epochs, self._ended, begin=self._watch.begin)
            return
        while self._watch.goes_on:
            self._watch.begin()
            self._ended(*self._turn())
            self._lay_out()

    def _turn(self) -> tuple[float, float]:
        """An epoch of every member; return the mean loss and how much of it was done."""
        losses: list[float] = []
        done = 0.0

        def ended(loss: float, share: float) -> None:
            nonlocal done
            losses.append(loss)
            done += share

        for member in range(len(self._members)):
            self._fitted.take(member)
            self._fit(member, self._watch.epoch + 1, ended)
            if self._watch.stopped:
                break
        return float(np.mean(losses)), done / len(self._members)

    def _fit(
        self,
        member: int,
        last: int,
        end: Callable[[float, float], None],
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        """Train a member from the present epoch to the last one, exclusive."""
        candidate, model, split = self._candidate, self._candidate.model, self._split
        batches = StreamedBatches(
            self._members[member],
            wanted(model, split.train),
            split.train_targets,
            rows=candidate.parts[member].train if candidate.parts else candidate.rows,
            length=self._length,
            grain=self._grain,
        )

        def begun(epoch: int) -> None:
            batches.begin(epoch)
            self._heard = (0, time.perf_counter())
            begin()

        options = candidate.options
        progress = Progress(
            self._watch,
            steps=len(batches),
            end=end,
            begin=begun,
            cut=self._cut,
            rate=options.learning_rate if options.schedule == PLATEAU else None,
        )
        model.fit(
            batches,
            epochs=last,
            initial_epoch=self._watch.epoch,
            callbacks=[progress],
            shuffle=False,
            verbose=0,
        )

    def _ended(self, loss: float, share: float) -> None:
        self._watch.end(loss, share, self._outputs)

    def _cut(self, batches: int) -> bool:
        """Hear that so many batches are done; whether the epoch ends here, as it has become shorter."""
        if self._pace is None:
            return False
        done, (before, clock), now = batches // self._parts, self._heard, time.perf_counter()
        if not self._compiled:
            self._pace.trained(done, now - clock, compiled=True)
            self._compiled = True
        elif done > before and before:
            # the other members take as long
            self._pace.trained(done - before, (now - clock) * len(self._members), compiled=False)
        self._heard = (done, now)
        self._shorten(done)
        return done >= self._length.steps and self._length != self._laid_out

    def _shorten(self, done: int) -> None:
        if self._pace is None:
            return
        fitting = self._pace.fitting(self._watch.epoch, done, self._length.steps)
        if fitting is not None:
            self._length = self._length.shortened(fitting)
            self._tell()

    def _lay_out(self) -> None:
        """After the first epoch, lay the schedule over what epochs are to last from now on."""
        if self._pace is None:
            return
        self._shorten(0)
        self._pace = None
        if self._length != self._laid_out and self._watch.goes_on:
            self._fitted.compiled_again(lambda: self._compile_again(self._length))
            self._laid_out = self._length

    def _tell(self) -> None:
        if self._length.streamed:
            self._watch.steps_per_epoch = self._length.steps

    def _outputs(self) -> Portions:
        model, held = self._candidate.model, wanted(self._candidate.model, self._split.validation)
        if not self._candidate.parts:
            return self._predict(model, held)
        rows = len(next(iter(held.values())))
        return pooled(self._candidate, rows, lambda: self._portions(model, held))

    def _portions(self, model: keras.Model, held: Mapping[str, np.ndarray]) -> MemberPortions:
        parts = self._candidate.parts
        most = max(len(part.validation) for part in parts)
        for member, part in enumerate(parts):
            self._fitted.take(member)
            # all of one length, as models are compiled for shapes
            rows = np.resize(part.validation, most)
            own = take_rows(held, rows)
            for positions, outputs in self._predict(model, own):
                fresh = positions < len(part.validation)
                yield member, positions[fresh], {name: values[fresh] for name, values in outputs.items()}

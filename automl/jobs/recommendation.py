"""Items for users: all of them scored by a job's model, the best first.

u  users, i  items
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError, DataError
from automl.core.names import first_names
from automl.core.notes import Note
from automl.data.interactions.dealt import dealt_of
from automl.data.interactions.histories import as_token
from automl.data.interactions.layout import ITEM, USER, Layout, layout_of
from automl.data.interactions.rankings import ITEMS, history_of, text_of
from automl.metrics.ranking import top_items
from automl.tasks.task import Task

if TYPE_CHECKING:
    import keras
    import numpy as np
    import pandas as pd

MOST_PAIRS = 1 << 18
"""Users and items that are scored at once."""

MOST_ITEMS = 10**6
"""Of a list."""


def refuse_without_items(task: Task) -> None:
    """Refuse a task that knows of no items.

    Raises:
        ConfigError: it is such a task.
    """
    if not task.declaration.recommends:
        raise ConfigError(
            f"The task {task.kind!r} recommends nothing. Search with --task rating or ranking for one"
            " that does."
        )


@dataclass(frozen=True)
class Recommender:
    """Finds items for users.

    Args:
        model: as exported, from users and items to scores.
        schema: of the job.
        ranked: of a ranking, the items in the order of the model's answers.
    """

    model: keras.Model
    schema: Mapping[str, Any]
    ranked: Sequence[str] = ()

    def recommend(
        self,
        users: Sequence[object] = (),
        *,
        given: Sequence[object] = (),
        top: int = 10,
        exclude_seen: bool = False,
        told: Callable[[tuple[str, ...]], None] = lambda notes: None,
    ) -> pd.DataFrame:
        """Return the best items of each user.

        Args:
            users: ids as the data of the search has them, numbers or texts.
            given: items by which a user is known whom the data does not have; in the place of users, for
                the task ``ranking``.
            top: items of each list at most.
            exclude_seen: leave out what a user has dealt with in the data of the search, and what is given.
            told: is called with a note on users and items that the search did not have.

        Returns:
            columns ``user``, ``rank`` (from 1), ``item`` and ``score``, under the names that users and
            items have in the data.

        Raises:
            ConfigError: the length of a list is out of its range, or the task knows users by ids alone.
            DataError: no user is given.
        """
        import numpy as np

        if not 1 <= top <= MOST_ITEMS:
            raise ConfigError(f"top: expected a number from 1 to {MOST_ITEMS}, got {top}.")
        names = [""] if given else [_id(user) for user in users]
        if not names or not (given or all(names)):
            raise DataError("Expected the ids of users, got none, or an empty one.")
        shown = [_id(item) for item in given]
        told(self._on_unknown(names, shown))
        size = max(1, MOST_PAIRS // len(self.items))
        parts = [names[first : first + size] for first in range(0, len(names), size)]
        lists = [_best(self.scores(part, given=shown, exclude_seen=exclude_seen), top) for part in parts]
        return self._table(names, np.concatenate([places for places, _ in lists]), lists)

    @property
    def items(self) -> list[str]:
        """Every item of the data, as its text."""
        return list(self.schema["ids"][ITEM])

    @property
    def layout(self) -> Layout:
        """Where users and items stood in the data."""
        return layout_of(self.schema["layout"])

    def scores(
        self, users: Sequence[str], *, given: Sequence[str] = (), exclude_seen: bool = False
    ) -> np.ndarray:
        """Return scores of all items for users ``(u, i) float64``, minus infinity for what is left out."""
        if self._reads_items:
            return self._scores_of_histories(users, given, exclude_seen=exclude_seen)
        if given:
            raise ConfigError(
                "This job knows users by their ids, not by items: search with --task ranking."
            )
        return self._scores_of_pairs(users, exclude_seen=exclude_seen)

    @property
    def _reads_items(self) -> bool:
        return ITEMS in self.model.input

    def _scores_of_pairs(self, users: Sequence[str], *, exclude_seen: bool) -> np.ndarray:
        import numpy as np

        items = np.array(self.items, object)
        pairs = {USER: np.repeat(np.array(users, object), len(items)), ITEM: np.tile(items, len(users))}
        scores = self._predicted(pairs).reshape(len(users), len(items)).copy()
        if exclude_seen:
            for row, user in enumerate(users):
                scores[row, self._seen_by(user)] = -np.inf
        return scores

    def _scores_of_histories(
        self, users: Sequence[str], given: Sequence[str], *, exclude_seen: bool
    ) -> np.ndarray:
        """Shares of items; the model has those that it was given below 0."""
        import numpy as np

        more = [as_token(item) for item in given]
        texts = [text_of([*self._histories.get(user, []), *more]) for user in users]
        inputs = {ITEMS: np.array(texts, object)}
        if USER in self.schema["sides"]:
            inputs[USER] = np.array(users, object)
        shares = self._predicted(inputs)[:, self._order]
        return np.where(shares < 0, -np.inf, shares) if exclude_seen else np.abs(shares)

    def _predicted(self, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        import numpy as np

        from automl.data.raw_model import batch_size, predict

        return np.asarray(predict(self.model, inputs, batch_size=batch_size(self.model)), np.float64)

    @cached_property
    def _histories(self) -> dict[str, list[str]]:
        return history_of(self.schema)

    @cached_property
    def _order(self) -> np.ndarray:
        """Where the model has each item of the schema."""
        import numpy as np

        place = {item: number for number, item in enumerate(self.ranked)}
        return np.array([place[as_token(item)] for item in self.items], np.int64)

    def _seen_by(self, user: str) -> np.ndarray:
        """Places of the items that a user has dealt with."""
        import numpy as np

        items, starts = self._by_user
        place = self._places.get(user)
        return np.zeros(0, np.int64) if place is None else items[starts[place] : starts[place + 1]]

    @cached_property
    def _by_user(self) -> tuple[np.ndarray, np.ndarray]:
        """Items in the order of their users, and where each user's begin."""
        import numpy as np

        users, items = dealt_of(self.schema)
        starts = np.concatenate([[0], np.cumsum(np.bincount(users, minlength=len(self._places)))])
        return items[np.argsort(users, kind="stable")], starts

    @cached_property
    def _places(self) -> dict[str, int]:
        return {user: place for place, user in enumerate(self.schema["ids"][USER])}

    def _on_unknown(self, users: Sequence[str], given: Sequence[str]) -> tuple[Note, ...]:
        if given:
            known = set(self.items)
            lost = [item for item in given if item not in known]
            said = f"The search did not have the items {first_names([repr(item) for item in lost], 5)}."
            return (Note(said, len(lost) / len(given)),) if lost else ()
        strange = [user for user in dict.fromkeys(users) if user not in self._places]
        if not strange:
            return ()
        listed = first_names([repr(user) for user in strange], 5)
        said = f"The search did not have {listed}: what suits an average user is listed"
        described = (
            " with those features that its table of users has" if USER in self.schema["sides"] else ""
        )
        return (Note(f"{said}{described}.", len(strange) / len(users)),)

    def _table(
        self, users: Sequence[str], places: np.ndarray, lists: Sequence[tuple[np.ndarray, np.ndarray]]
    ) -> pd.DataFrame:
        import numpy as np
        import pandas as pd

        scores = np.concatenate([scores for _, scores in lists])
        kept = np.isfinite(scores)
        ranks = np.tile(np.arange(1, scores.shape[1] + 1), (len(users), 1))
        layout = self.layout
        return pd.DataFrame(
            {
                layout.user: np.repeat(np.array(users, object), kept.sum(axis=1)),
                "rank": ranks[kept],
                layout.item: np.array(self.items, object)[places[kept]],
                "score": scores[kept],
            }
        )


def read_users(path: str, layout: Layout) -> list[str]:
    """Return the users that a file names, each once: a table with their column, or one user on each line.

    Raises:
        DataError: it cannot be read, or names none.
    """
    import pandas as pd

    from automl.data.file_bytes import unpacked_bytes
    from automl.data.interactions.layout import look_at
    from automl.data.interactions.reading import with_single_separators
    from automl.data.kinds.words import as_category
    from automl.data.source import open_source
    from automl.data.tables import read_table

    source = open_source(path)
    look = look_at(source, header=True)
    if look is not None and look.header and layout.user in look.names:
        cells = as_category(read_table(with_single_separators(source)).frame[layout.user])
    elif source.path is not None and source.path.is_file():
        lines = unpacked_bytes(source.path, content=source.content).decode("utf-8-sig", "replace")
        cells = as_category(pd.Series(lines.splitlines(), dtype=object))
    else:
        raise DataError(f"{path}: expected a file with the column {layout.user!r}, or a user on each line.")
    found = [cell for cell in dict.fromkeys(cells.tolist()) if cell]
    if not found:
        raise DataError(f"{path} names no users.")
    return found


def _id(user: object) -> str:
    """An id as the data of the search has it: whole numbers without a fraction."""
    import pandas as pd

    from automl.data.kinds.words import as_category

    return str(as_category(pd.Series([user]))[0])


def _best(scores: np.ndarray, top: int) -> tuple[np.ndarray, np.ndarray]:
    """Places and scores ``(u, top)`` of the best items, of equal ones the first."""
    import numpy as np

    places = top_items(scores, top)
    return places, np.take_along_axis(scores, places, axis=1)

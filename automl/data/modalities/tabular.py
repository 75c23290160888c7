"""Tables of numbers, categories and dates: classification, multi-label classification and regression.

The group column and the id column are no features. The time column is one (its parts), besides giving
the order of the rows. Rows are named by their number in the source, from 0.
"""

from __future__ import annotations

from automl.data.array_facts import facts_of_array
from automl.data.bids import CERTAIN, FALLBACK, NO, Bid
from automl.data.modality import ReadOptions
from automl.data.source import Source
from automl.data.table_facts import facts_of_table, plain_kinds
from automl.data.typed_rows import TypedTables


def _bid(source: Source, options: ReadOptions) -> Bid:
    """Bid for bundled tables, arrays of rows, and tables by their numbers, categories and dates."""
    if source.kind == "sklearn":
        return Bid(strength=FALLBACK)
    array = facts_of_array(source)
    if array is not None:
        return Bid(strength=CERTAIN if array.axes <= 2 and not array.is_list else NO)
    facts = facts_of_table(source, options)
    return Bid(strength=NO if facts is None else max(FALLBACK, facts.share(plain_kinds())))


TABULAR = TypedTables(name="tabular", bid=_bid, kinds=plain_kinds)

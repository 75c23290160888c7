"""Tables whose columns are of several kinds: pictures, texts, numbers, categories and dates in one row.

Every column is an input of the model by itself: pictures as arrays, texts as strings, numbers as float64.
The id and the group column are no features; the time column is one, besides giving the order of the rows.
"""

from __future__ import annotations

from automl.data.bids import CERTAIN, NO, Bid
from automl.data.columns import usable_kinds
from automl.data.couples import couple_by_name
from automl.data.kinds.text import TEXT
from automl.data.modality import ReadOptions
from automl.data.source import Source
from automl.data.table_facts import facts_of_table
from automl.data.tables import listed
from automl.data.typed_rows import TypedTables


def _bid(source: Source, options: ReadOptions) -> Bid:
    """Bid for tables that hold more than numbers, categories and dates; every column can be read."""
    facts = facts_of_table(source, options)
    if facts is None or facts.is_plain:
        return Bid(strength=NO)
    fewer = "--modality tabular, image or text reads only what it knows, --drop leaves a column out"
    pair = couple_by_name(facts.names.get(TEXT.name, ()))
    if pair is not None:
        fewer += f"; --modality pairs compares {listed(pair)} and reads nothing else"
    said = f"{source.name} holds {facts.text}: one model reads them all ({fewer})."
    return Bid(strength=CERTAIN, reason=said)


MIXED = TypedTables(name="mixed", bid=_bid, kinds=usable_kinds, reads=("image_size", "frames"))

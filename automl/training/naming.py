"""Names that Keras makes up for layers: ``dense``, ``dense_1``, ..., counted through the whole process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from keras.src.backend.common import global_state

_COUNTS = "object_name_uids"


@contextmanager
def names_from_the_start() -> Iterator[None]:
    """Count layers from the start within the context, and go on outside as if nothing had been named there.

    So equal models have equal names. TensorFlow keeps a kernel for each name that a variable ever had: to
    make one took a third of the time in which a small model was built, and 20 kB. What is built within may
    be put into other models as a whole only, as its layers may be called as theirs.
    """
    before = global_state.get_global_attribute(_COUNTS)
    global_state.set_global_attribute(_COUNTS, defaultdict(int))
    try:
        yield
    finally:
        global_state.set_global_attribute(_COUNTS, before)

"""CutMix (Yun et al., 2019): part of each picture comes from another, and so does that part of the target.

Legend: n steps, b examples per step, h and w the sides of a picture.

``share`` from Beta(alpha, alpha) of a picture is to remain. The rectangle has the picture's proportions and
its centre anywhere, so the edge may cut it off; the target is mixed by the pixels that did remain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from automl.core.errors import ConfigError
from automl.training.batches.transforms.pairs import check_targets, partners, weighted
from automl.training.batches.transforms.space import cast, space_of
from automl.training.batches.transforms.transform import Batch, Draws, Fetch

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class CutMix:
    """Paste a rectangle of another picture.

    Attributes:
        cutmix: ``alpha``, the concentration of the Beta distribution, 0 for none; 1 in the paper. For image
            classification.
    """

    cutmix: float = 0.0

    dials: ClassVar[tuple[str, ...]] = ("cutmix",)

    @property
    def active(self) -> bool:
        """Whether anything is pasted."""
        return self.cutmix > 0

    def check(self, data: Batch) -> None:
        """Raise ConfigError unless all there is are pictures of one size and targets that can be mixed."""
        if (
            any(array.ndim != 4 for array in data.inputs.values())
            or len({array.shape[1:3] for array in data.inputs.values()}) > 1
        ):
            raise ConfigError("cutmix needs images of one size and no other inputs. Set cutmix to 0.")
        check_targets(data, "cutmix")

    def draw(self, random: np.random.Generator, rows: np.ndarray) -> Draws:
        """Draw ``partners`` ``(n, b) int32`` and ``boxes`` ``(n, b, 4) float32``.

        A box is ``y, x`` of its first and ``y, x`` of its last corner, as shares of the sides.
        """
        import numpy as np

        mates = partners(random, rows)
        reach = np.sqrt(1 - random.beta(self.cutmix, self.cutmix, (*rows.shape, 1))) / 2
        centres = random.uniform(size=(*rows.shape, 2))
        boxes = np.concatenate([centres - reach, centres + reach], axis=-1)
        return {"partners": mates, "boxes": boxes.astype(np.float32)}

    def apply(self, batch: Batch, draws: Mapping[str, Any], fetch: Fetch) -> Batch:
        """Paste the partner's rectangle into every picture, and mix every target with the partner's."""
        mates = fetch(draws["partners"])
        picture = next(iter(batch.inputs.values()))
        ops = space_of(picture)
        cut = _inside(ops, draws["boxes"], *picture.shape[1:3])
        share = 1 - ops.mean(cast(cut, "float32"), axis=(1, 2))
        inputs = {
            name: ops.where(cut[..., None], mates.inputs[name], value)
            for name, value in batch.inputs.items()
        }
        mixed = batch.map(lambda one, other: weighted(one, other, share), mates)
        return replace(mixed, inputs=inputs)


def _inside(ops: Any, boxes: Any, height: int, width: int) -> Any:
    """Which pixels have their middle in the box of their picture ``(b, h, w) bool``."""
    y = ((ops.arange(height, dtype="float32") + 0.5) / height)[None, :, None]
    x = ((ops.arange(width, dtype="float32") + 0.5) / width)[None, None, :]
    top, left, bottom, right = (ops.reshape(boxes[:, at], (-1, 1, 1)) for at in range(4))
    rows = ops.logical_and(y >= top, y < bottom)
    columns = ops.logical_and(x >= left, x < right)
    return ops.logical_and(rows, columns)

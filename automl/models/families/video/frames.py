"""What families for videos share: which frames they see, how these are changed in training, and motion.

n  clips, t  frames, h and w  sides, c  channels
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from keras import layers

from automl.core.tensors import Bound
from automl.models.layers.augmentation import AugmentationOptions
from automl.models.layers.clips import EveryFew, FramesApart, FramesTogether, Motion, augment_clips

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True, kw_only=True)
class ClipOptions(AugmentationOptions):
    """What a network sees of a clip. Whatever is changed at random is changed alike in all its frames.

    Attributes:
        motion: ``frames`` as they are; ``changes`` from each to the next, which tell motion from what
            stands still (as the second stream of Simonyan and Zisserman, 2014); or ``both`` side by side.
        frame_step: 2 takes every second frame: each epoch another half, in predictions those in the middle.
        shrink: 2 averages squares of 2 x 2 pixels.
    """

    motion: Literal["frames", "changes", "both"] = "changes"
    frame_step: int = 1
    shrink: int = 1


def seen(video: Bound, options: ClipOptions) -> KerasTensor:
    """Return what a network sees ``(n, t, h, w, c)`` of normalised clips."""
    clips = augment_clips(video.tensor, options)
    frames, height, width, _ = clips.shape[1:]
    step = min(options.frame_step, frames // 2)
    if step > 1:
        clips = EveryFew(step)(clips)
    shrink = min(options.shrink, height, width)
    if shrink > 1:
        smaller = layers.AveragePooling2D(shrink)(FramesApart()(clips))
        clips = FramesTogether(clips.shape[1])(smaller)
    if options.motion == "frames":
        return clips
    return Motion(video.spec.facts.change, beside=options.motion == "both")(clips)

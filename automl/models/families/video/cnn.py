"""Convolutional network over each frame, as ``image/cnn`` is one over pictures; the neck looks over time.

Karpathy et al., "Large-scale video classification with convolutional neural networks", 2014, and Donahue et
al., "Long-term recurrent convolutional networks", 2015.
"""

from __future__ import annotations

from automl.models.families.video.over_frames import over_frames

FAMILY = over_frames("video/cnn", "image/cnn")

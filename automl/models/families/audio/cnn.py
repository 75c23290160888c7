"""Convolutional network over a log-mel spectrogram, as ``image/cnn`` is one over pictures.

Kong et al., "PANNs: large-scale pretrained audio neural networks", 2020: such networks, pooled over time by
mean and maximum, lead on sounds of all kinds.
"""

from __future__ import annotations

from automl.models.families.audio.over_log_mel import over_log_mel

FAMILY = over_log_mel("audio/cnn", "image/cnn")

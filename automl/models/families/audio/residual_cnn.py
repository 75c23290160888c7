"""Residual network over a log-mel spectrogram, as ``image/residual_cnn`` is one over pictures.

Hershey et al., "CNN architectures for large-scale audio classification", 2017: residual networks for
pictures do best on spectrograms, too.
"""

from __future__ import annotations

from automl.models.families.audio.over_log_mel import over_log_mel

FAMILY = over_log_mel("audio/residual_cnn", "image/residual_cnn")

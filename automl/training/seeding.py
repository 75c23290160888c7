"""Seeds of what Keras draws when a model is built: initial weights and the seeds of random layers."""

from __future__ import annotations

import random

import numpy as np


def seed_models(seed: int) -> None:
    """Let models built from now on have the weights and the random layers of ``seed``.

    ``keras.utils.set_random_seed`` would do so too, yet it also resets TensorFlow's own generator, and with
    it every compiled kernel: the next call of each program takes 0.3 s of processor time to set up again.
    Keras draws nothing from that generator.
    """
    random.seed(seed)
    np.random.seed(seed)

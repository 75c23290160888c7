"""All families, by shelf and name; within a shelf the first to try stands first."""

from __future__ import annotations

from automl.core.catalog import Catalog
from automl.core.extensions import FAMILY_GROUP, SHELVED_NAME
from automl.models.family import Family

_PLACE = "automl.models.families"

FAMILIES: Catalog[Family] = Catalog(
    "family",
    {
        "tabular/realmlp": f"{_PLACE}.tabular.realmlp:FAMILY",
        "tabular/mlp": f"{_PLACE}.tabular.mlp:FAMILY",
        "tabular/residual_mlp": f"{_PLACE}.tabular.residual_mlp:FAMILY",
        "tabular/linear": f"{_PLACE}.tabular.linear:FAMILY",
        "tabular/transformer": f"{_PLACE}.tabular.transformer:FAMILY",
        "tabular/masked_autoencoder": f"{_PLACE}.tabular.masked_autoencoder:FAMILY",
        "image/frozen": f"{_PLACE}.image.frozen:FAMILY",
        "image/backbone": f"{_PLACE}.image.backbone:FAMILY",
        "image/patches": f"{_PLACE}.image.patches:FAMILY",
        "image/cnn": f"{_PLACE}.image.cnn:FAMILY",
        "image/residual_cnn": f"{_PLACE}.image.residual_cnn:FAMILY",
        "image/vision_transformer": f"{_PLACE}.image.vision_transformer:FAMILY",
        "image/unet": f"{_PLACE}.image.unet:FAMILY",
        "scene/detector": f"{_PLACE}.scene.detector:FAMILY",
        "scene/joint": f"{_PLACE}.scene.joint:FAMILY",
        "text/ngrams": f"{_PLACE}.text.ngrams:FAMILY",
        "text/cnn": f"{_PLACE}.text.cnn:FAMILY",
        "text/rnn": f"{_PLACE}.text.rnn:FAMILY",
        "text/transformer": f"{_PLACE}.text.transformer:FAMILY",
        "pairs/siamese": f"{_PLACE}.pairs.siamese:FAMILY",
        "pairs/attention": f"{_PLACE}.pairs.attention:FAMILY",
        "series/rocket": f"{_PLACE}.series.rocket:FAMILY",
        "series/linear": f"{_PLACE}.series.linear:FAMILY",
        "series/cnn": f"{_PLACE}.series.cnn:FAMILY",
        "series/rnn": f"{_PLACE}.series.rnn:FAMILY",
        "series/transformer": f"{_PLACE}.series.transformer:FAMILY",
        "language/rnn": f"{_PLACE}.language.rnn:FAMILY",
        "language/transformer": f"{_PLACE}.language.transformer:FAMILY",
        "audio/cepstrum": f"{_PLACE}.audio.cepstrum:FAMILY",
        "audio/residual_cnn": f"{_PLACE}.audio.residual_cnn:FAMILY",
        "audio/cnn": f"{_PLACE}.audio.cnn:FAMILY",
        "video/motion": f"{_PLACE}.video.motion:FAMILY",
        "video/cnn": f"{_PLACE}.video.cnn:FAMILY",
        "video/space_time_cnn": f"{_PLACE}.video.space_time_cnn:FAMILY",
        "speech/crnn": f"{_PLACE}.speech.crnn:FAMILY",
        "speech/separable": f"{_PLACE}.speech.separable:FAMILY",
        "interactions/factorization": f"{_PLACE}.interactions.factorization:FAMILY",
        "interactions/dcn": f"{_PLACE}.interactions.dcn:FAMILY",
        "interactions/ease": f"{_PLACE}.interactions.ease:FAMILY",
        "interactions/autoencoder": f"{_PLACE}.interactions.autoencoder:FAMILY",
        "interactions/two_towers": f"{_PLACE}.interactions.two_towers:FAMILY",
        "interactions/sasrec": f"{_PLACE}.interactions.sasrec:FAMILY",
        "mixed/fusion": f"{_PLACE}.mixed.fusion:FAMILY",
    },
    group=FAMILY_GROUP,
    form=SHELVED_NAME,
    expected=Family,
)

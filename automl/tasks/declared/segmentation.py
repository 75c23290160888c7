"""Declaration of semantic segmentation: the class of each pixel of a picture."""

from __future__ import annotations

from automl.metrics.metric import DICE, LOG_LOSS, MEAN_IOU, PIXEL_ACCURACY
from automl.tasks.declaration import CLASS_MAP, TaskDeclaration

SEGMENTATION = TaskDeclaration(
    name="segmentation",
    words="semantic segmentation",
    module="automl.tasks.kinds.segmentation",
    metrics=(DICE, MEAN_IOU, PIXEL_ACCURACY, LOG_LOSS),
    targets=CLASS_MAP,
    needs=("pixels",),
    plots=("automl.tasks.plots:worst_masks",),
    evidence="automl.tasks.evidence.segmentation:evidence",
    # share of the Dice loss beside cross-entropy: half as in nnU-Net (Isensee et al., 2021); class weights
    # as in SegNet (Badrinarayanan et al., 2017), off by default as they cost pixel accuracy
    parameters=(
        "dice_share: {type: float, low: 0.0, high: 0.9, default: 0.5}\n"
        "pixel_weight: {type: choice, values: [none, balanced], default: none}"
    ),
    heads=("logits",),
    fine=True,
    usual="automl.tasks.pixel_facts:usual_metric",
    writes="automl.tasks.mask_files:write_masks",
)

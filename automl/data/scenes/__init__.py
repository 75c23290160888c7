"""Pictures with boxes, in the layouts that people keep them in."""

"""Pictures with masks: which files belong together, what masks hold, and both as examples."""

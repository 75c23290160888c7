"""What is tried next: samplers, pruners and the memory of a study. The only package that imports Optuna."""

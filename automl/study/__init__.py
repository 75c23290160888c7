"""What is tried next: samplers, pruners and the memory of a study. The only room that speaks to Optuna."""

"""The study itself, kept by Optuna: storage, records, pruners, plots."""

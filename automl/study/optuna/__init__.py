"""The study itself, an Optuna study: ask and tell, pruners, plots."""

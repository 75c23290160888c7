"""The report of a job: how good its model is, what was tried, and what to be careful about."""

"""From a job's options to prepared data, a search space and an open study."""

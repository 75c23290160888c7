"""Who goes on: rungs, ranks, promotions, and which trials are best."""

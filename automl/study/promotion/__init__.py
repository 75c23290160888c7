"""Which trials continue: rungs, ranks, promotions, and which are best."""

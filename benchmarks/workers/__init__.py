"""What worker processes bring, and trials that pretend to train."""

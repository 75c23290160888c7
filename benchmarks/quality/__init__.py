"""Quality of searches at a fixed time on real data, beside peers."""

"""Quality of searches over tables of trained models, beside their peers."""

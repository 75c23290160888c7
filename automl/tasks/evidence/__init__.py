"""What each task shows of its predictions: figures, the worst mistakes, and what to be careful about."""

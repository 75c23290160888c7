"""Examples that show or say nearly the same, found before a split: copies tell nothing of new data."""

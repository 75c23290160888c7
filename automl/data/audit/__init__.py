"""What is suspicious about a table before anything is trained on it; nothing here stops a search."""

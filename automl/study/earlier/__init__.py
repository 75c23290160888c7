"""What earlier studies give to a new one: warm starts and portfolios."""

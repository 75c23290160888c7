"""Who has dealt with what: ratings of items by users, and tables of either."""

"""The options of a search by group; a group declares, checks and types its own."""

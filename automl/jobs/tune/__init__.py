"""The story of a search over a user's own models."""

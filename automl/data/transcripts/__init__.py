"""Recordings with what is said in them, in the layouts that people keep them in."""

"""Kinds of columns: each recognises its columns, reads their cells and fits their preprocessing."""

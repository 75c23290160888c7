"""Members that a stranger might add: a kind of column, a family, a neck, and two tasks."""

"""Search spaces as data: parameters, conditions, spaces, their files. Pure Python."""

"""Tables that are too large to be read at once: a sample of their rows, and all of them part by part."""

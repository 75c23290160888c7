"""The methods, each a module; strangers to each other."""

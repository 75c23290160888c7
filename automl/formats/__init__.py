"""What an exported model can be written as: a module for each format, which also runs its files."""

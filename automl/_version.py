"""The version, alone in a file that nothing heavy is imported for."""

__version__ = "0.1.0"

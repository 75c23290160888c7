"""Data at addresses: files and folders are copied to this machine, rows of queries are read into a file."""

"""What answers rest on: methods that ask a finished model, and what they find as figures."""

"""Groups that are compared: what is measured of them, and what makes answers more alike."""

"""What is new: samplers, and the models of the scores that they draw from."""

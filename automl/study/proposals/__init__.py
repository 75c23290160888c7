"""New configurations: samplers, and the models of the scores that they use."""

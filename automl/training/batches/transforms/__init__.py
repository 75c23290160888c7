"""Changes of whole batches, inputs and targets together, that are compiled with the step."""

"""The parts of a tuner, at the places where KerasTuner has them."""

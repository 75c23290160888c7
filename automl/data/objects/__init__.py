"""Objects of other libraries, brought to the frames and arrays that modalities read."""

"""A finished job's model in other formats, each compared with the model itself on rows of the job."""

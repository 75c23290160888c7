"""A job's model as a web service: JSON, CSV and files in, the answers of ``automl predict`` out."""

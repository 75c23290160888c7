"""Quality of searches that train, beside a peer."""

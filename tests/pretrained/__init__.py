"""Networks that were trained before: their files, the network as data, and what is refused."""

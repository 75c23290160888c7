"""Networks that were trained before: where they come from, and what a search takes of them."""

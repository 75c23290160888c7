"""One trial: what a worker is told, how it trains, what it saves."""

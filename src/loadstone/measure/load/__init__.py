"""Load: requests at a fixed rate, open-loop, and what came of each of them."""

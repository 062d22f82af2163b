"""Storage: objects as bytes, the history of their changes, and selectors over them."""

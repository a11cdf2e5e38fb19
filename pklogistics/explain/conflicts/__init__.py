"""Which mandates cannot all be met, and the changes that would let them."""

"""What one more of each scarce thing is worth, and where money is stuck."""

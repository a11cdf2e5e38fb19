"""Measurements that the README quotes; see CONTRIBUTING.md for how to run them."""

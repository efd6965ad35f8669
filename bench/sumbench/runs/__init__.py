"""Runs: what is carried out, what is written down, and how it is read back."""

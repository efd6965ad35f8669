"""Run folders: writing what a run makes, and reading it back."""

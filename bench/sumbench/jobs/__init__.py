"""Jobs: what each command does, as functions."""

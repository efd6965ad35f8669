"""Jobs: what each command does, as functions that the Python API calls too."""

"""Executors: run systems over documents, in subprocesses of this machine."""

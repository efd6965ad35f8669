"""Asking a model behind an OpenAI-compatible server: with patience, a limit on time, and its key kept secret."""

"""Fuzzing: broken files and command lines."""

"""Executors: run systems over chunks of documents and report what happens as typed events."""

"""Benchmarks: ours beside a peer, in one run, with the ratio."""

"""The tests; the benchmarks are run as modules, such as `python -m tests.speed.rouge`."""

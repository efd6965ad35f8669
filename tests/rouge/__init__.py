"""The tests of bench.rouge."""

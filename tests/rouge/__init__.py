"""The tests of sumbench.rouge."""

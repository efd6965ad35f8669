"""The exit codes of the command line."""

GATE_FAILED = 1
USAGE = 2
INCOMPLETE = 3
FAULT = 4
INTERRUPTED = 130

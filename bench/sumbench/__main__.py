"""`python -m sumbench` does what `sumbench` does."""

import sys

if not sys.flags.safe_path:
    # `-m` puts the current folder first, and a json.py of the user's there would be imported in place of Python's own.
    del sys.path[0]

from sumbench.cli import main

sys.exit(main())

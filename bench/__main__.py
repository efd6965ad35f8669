"""`python -m bench` does what `sumbench` does."""

import sys

from bench.cli import main

sys.exit(main())

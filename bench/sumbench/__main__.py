"""`python -m sumbench` does what `sumbench` does."""

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    # `-m` puts the current folder first, and a json.py of the user's there would be imported in place of Python's own.
    del sys.path[0]


def main() -> int:
    """Run the command line; an interruption before it is loaded ends as quietly as a later one."""
    try:
        from sumbench.cli import main as command

        return command()
    except KeyboardInterrupt:
        sys.stderr.write("sumbench: interrupted\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())

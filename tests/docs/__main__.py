"""Writes what is made from the code: python -m tests.docs."""

from tests.docs.generated import written_pages

if __name__ == "__main__":
    for file, text in written_pages().items():
        file.write_text(text, "utf-8")

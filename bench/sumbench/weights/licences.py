"""Licence terms that must be accepted before weights are fetched; the store records which were."""

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

LICENCES_FILE = "licences.json"


def accepted_licences(home: Path) -> Mapping[str, str]:
    """Return the licences that were accepted in the store at `home`, each with the time of acceptance."""
    try:
        content = (home / LICENCES_FILE).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise WeightsError(f"{home / LICENCES_FILE}: cannot be read: {error.strerror}") from None
    where = str(home / LICENCES_FILE)
    return checked(parse_json(content, where, WeightsError), dict[str, str], where, WeightsError)


def accept_licence(home: Path, licence: str, models: Iterable[Model]) -> str:
    """Record that the user accepts a licence of the catalog (named in any letter case); return its exact name.

    Raises UsageError for a licence that no model of the catalog requires to be accepted.
    """
    known = {model.licence.lower(): model.licence for model in models if model.terms}
    if licence.lower() not in known:
        raise unknown("licence", licence, sorted(known.values()), listed_by="sumbench weights list")
    name = known[licence.lower()]
    content = {name: datetime.now(UTC).isoformat(timespec="seconds"), **accepted_licences(home)}
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeightsError(f"the licence cannot be kept in {home}: {error.strerror or error}") from error
    write_text(home / LICENCES_FILE, json.dumps(content, indent=2) + "\n", WeightsError)
    return name


def require_accepted(home: Path, name: str, model: Model | None) -> None:
    """Raise WeightsError, which says where to read the terms, for weights whose terms the user has not accepted."""
    if model is None or not model.terms or model.licence in accepted_licences(home):
        return
    raise WeightsError(
        f"weights {name!r} come under terms that must be accepted first: read {model.terms}, then "
        f"sumbench weights pull {name} --accept-license {model.licence}"
    )

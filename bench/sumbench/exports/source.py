"""What an export is made from, and the files and folders that it is written to."""

from dataclasses import dataclass
from pathlib import Path

from sumbench.errors import RunError
from sumbench.run_record import Run
from sumbench.stats import Analysis
from sumbench.tables import Table


@dataclass(frozen=True, eq=False)
class ExportSource:
    """A finished run to export: the `name` of its `folder`, its content, its statistics, and its result table."""

    name: str
    folder: Path
    run: Run
    analysis: Analysis
    table: Table

    def file(self, place: str | None, suffix: str) -> Path:
        """Return the file to write: `place`, or one of the run's name in the current folder."""
        return Path(place or f"{self.name}{suffix}")

    def new_folder(self, place: str | None, suffix: str) -> Path:
        """Make the folder to write into, `place` or one of the run's name here; raise RunError where that fails."""
        folder = self.file(place, suffix)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"--out {folder}: no folder can be made here: {error.strerror}") from None
        return folder

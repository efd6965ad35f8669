"""Exports of a finished run to where people keep results: a module each."""

from sumbench.exports.source import ExportSource
from sumbench.registry import Registry

__all__ = ["EXPORTS", "ExportSource"]

EXPORTS = Registry(
    kind="export",
    listed_by="sumbench export --help",
    targets={
        "csv": "sumbench.exports.score_files:export",
        "xlsx": "sumbench.exports.workbook:export",
        "mlflow": "sumbench.exports.mlflow_runs:export",
        "lm-eval": "sumbench.exports.lm_eval:export",
        "model-index": "sumbench.exports.model_index:export",
    },
    group="sumbench.exports",
    misfit=lambda export: "" if callable(export) else "is no function: an export is export(source, place) -> lines",
)

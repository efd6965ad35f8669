"""Model cards: the hub's own reader understands them."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from huggingface_hub import ModelCard
from huggingface_hub import ModelCardData
from huggingface_hub.repocard_data import eval_results_to_model_index
from huggingface_hub.repocard_data import model_index_to_eval_results

from sumbench.errors import UsageError
from sumbench.exports.model_index import render
from tests.tables.fixed import TABLE

GOLDEN = Path(__file__).parent / "golden" / "model-index.yaml"


def test_it_is_written_as_it_was() -> None:
    """Every byte is as in the file that was looked at."""
    assert render(TABLE).encode() == GOLDEN.read_bytes()


def test_the_hub_reads_the_model_index() -> None:
    """Each ranked system that was scored has a card; the hub's own reader finds task, data set, metrics and values."""
    found = {}
    for document in render(TABLE).split("---\n"):
        data = ModelCard(f"---\n{document}---\n").data
        assert isinstance(data, ModelCardData)
        assert data.eval_results
        assert {(each.task_type, each.dataset_type, each.dataset_name) for each in data.eval_results} == {
            ("summarization", "x_sum", TABLE.title)
        }
        found[data.model_name] = [(each.metric_type, each.metric_name, each.metric_value) for each in data.eval_results]
        assert all((each.metric_args or {})["signature"].startswith("rouge") for each in data.eval_results)
    assert found == {
        "bart_large & more": [("rouge", "ROUGE-2", 21.12), ("rouge", "ROUGE-L", 30.5)],
        "<b>lsa</b>": [("rouge", "ROUGE-2", 9.88), ("rouge", "ROUGE-L", 28.0)],
        "100% $x^2$ {~\\`*|\"'": [("rouge", "ROUGE-2", 5.0), ("rouge", "ROUGE-L", 7.25)],
    }


def test_a_model_index_is_one_that_the_hub_would_write() -> None:
    """Read by the hub's parser and written anew by it, each index is the same; the notes play no part in it."""
    text = render(replace(TABLE, notes=()))
    assert text == render(TABLE)
    for document in text.split("---\n"):
        index = yaml.safe_load(document)["model-index"]
        name, results = model_index_to_eval_results(index)
        assert {result.dataset_args["sha256"] for result in results if result.dataset_args} == {"0123456789abcdef" * 4}
        assert eval_results_to_model_index(name, results) == index


def test_a_model_index_needs_results() -> None:
    """A table of other things, or one in which no system has a score, is refused."""
    with pytest.raises(UsageError, match="results of a run"):
        render(replace(TABLE, origin=None))
    with pytest.raises(UsageError, match="no ranked system"):
        render(replace(TABLE, sections=TABLE.sections[1:]))

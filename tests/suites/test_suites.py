from pathlib import Path

import pytest

from bench import suites
from bench.corpus import open_corpus
from bench.corpus import presets
from bench.corpus.spec import parse
from bench.errors import UsageError
from bench.metrics import REGISTRY as METRICS
from bench.systems import build_all


@pytest.mark.parametrize("name", suites.names())
def test_a_suite_that_ships_names_what_there_is(name: str) -> None:
    """Corpus, systems and metrics of every shipped suite can be opened and built; what is on the hub is a preset."""
    suite = suites.read(name)
    corpus = parse(suite.corpus)
    assert corpus.name in presets() or open_corpus(suite.corpus).documents
    assert not corpus.options or corpus.options["config"] in presets()[corpus.name].languages
    assert build_all(list(suite.systems), sentences=suite.sentences)
    assert [METRICS[metric] for metric in suite.metrics]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("corpus = ", "no valid TOML"),
        ('systems = ["lead"]', "corpus is missing"),
        ('corpus = "references"\nsystems = "lead"', "systems must be a list"),
        ('corpus = "references"\nsystems = ["lead"]\nsentnces = 2', "did you mean 'sentences'"),
        ('corpus = "references"\nsystems = ["lead"]\nsentences = 0', "sentences must be"),
        ('corpus = "references"\nsystems = ["lead"]\nseed = true', "seed must be"),
    ],
)
def test_an_unusable_suite_is_named(tmp_path: Path, content: str, says: str) -> None:
    """A suite of one's own that cannot be read raises UsageError with its file and key."""
    file = tmp_path / "mine.toml"
    file.write_text(content)
    with pytest.raises(UsageError, match=says) as caught:
        suites.read(str(file))
    assert "mine.toml" in str(caught.value)


def test_an_own_suite_is_read_by_its_path(tmp_path: Path) -> None:
    """A .toml file is a suite named after the file."""
    file = tmp_path / "mine.toml"
    file.write_text('corpus = "references"\nsystems = ["lead"]\nsentences = 2\n')
    suite = suites.read(str(file))
    assert (suite.name, suite.systems, suite.sentences, suite.metrics) == ("mine", ("lead",), 2, ("rouge",))

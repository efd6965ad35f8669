"""Small classifiers that several modules' tests share, each made once a process."""

from pathlib import Path

import pytest

from sumbench.metrics import MetricContext
from sumbench.weights import Store
from tests.metrics import classifiers


@pytest.fixture(scope="session")
def offline(tmp_path_factory: pytest.TempPathFactory) -> MetricContext:
    """What metrics may need: an empty store, no network, the processor."""
    return MetricContext(0, Store(tmp_path_factory.mktemp("home"), offline=True), "cpu")


@pytest.fixture(scope="session")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classifier: `granted` in a source entails, `denied` contradicts whatever is claimed; it reads 64 tokens."""
    return classifiers.bert(tmp_path_factory.mktemp("models") / "ruled")

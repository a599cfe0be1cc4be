"""Two generated folders, made once: a clean one, and one with every fault."""

import pytest

from tests.data.sample.made import Made, make


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("clean"), rows=600, seed=3, mean_words=700)


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("faulty"), rows=1500, seed=4, mean_words=450, faults="all", fault_share=0.16)

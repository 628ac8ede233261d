import os

import pytest
import torch
from hypothesis import settings

# A busy machine is not a bug; and what lands should not depend on which examples were drawn.
settings.register_profile("patient", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def fixed_start():
    """Tests that draw from torch's own generator begin alike, whatever ran before.

    One thread: networks as small as these are slower with two, and very slow where something else runs beside them.
    """
    torch.set_num_threads(1)
    torch.set_flush_denormal(False)
    torch.manual_seed(0)


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory):
    """Tests neither read nor fill the cache of whoever runs them, nor the list of recipes that may run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARRING_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield

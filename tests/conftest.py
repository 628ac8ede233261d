import pytest
import torch

torch.set_num_threads(2)


@pytest.fixture(autouse=True)
def fixed_start():
    """Tests that draw from torch's own generator begin alike, whatever ran before."""
    torch.manual_seed(0)

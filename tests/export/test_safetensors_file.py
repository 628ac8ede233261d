import json

import safetensors
import safetensors.torch
import torch

from sparring.export.safetensors_file import safetensors_file
from sparring.networks.dcgan import Generator


def test_it_fills_a_generator_that_makes_the_same_samples(subject, tmp_path):
    chosen, file = subject("dcgan"), tmp_path / "generator.safetensors"
    file.write_bytes(safetensors_file(chosen))
    generator = Generator((1, 28, 28), 5, 4)
    generator.load_state_dict(safetensors.torch.load_file(file))
    with torch.no_grad():
        made = generator.eval()(chosen.sampler.inputs(3)[0])
    assert torch.allclose(made, chosen.sampler.sample(3), atol=1e-6)


def test_what_stands_in_the_head(subject, tmp_path):
    chosen, file = subject("dcgan", licence="mine & <yours>"), tmp_path / "generator.safetensors"
    file.write_bytes(safetensors_file(chosen))
    with safetensors.safe_open(file, "pt") as opened:
        about = opened.metadata()
    assert about == {"format": "pt", "module": "sparring.networks.dcgan.Generator", **chosen.metadata()}
    assert all(isinstance(value, str) for value in about.values())
    assert json.loads(about["shape"]) == [1, 28, 28]
    assert about["data_licence"] == "mine & <yours>"

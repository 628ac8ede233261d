import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

import contract_games.sngan as sngan
import sparring
from sparring import Normal
from sparring.export import onnx_file as module
from sparring.export.onnx_file import difference, onnx_file, tolerance
from sparring.export.subject import UnsuitedError
from sparring.samplers import GeneratorSampler


@pytest.mark.parametrize("recipe", ["dcgan", "cgan", "ring", "table"])
def test_same_samples_as_torch_in_batches_of_any_size(recipe, exported):
    chosen, content = exported(recipe)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    sampler = sparring.load(chosen.run.path)
    for n in (1, 2, 70):
        expected, names = sampler.sample(n, seed=5), [each.name for each in session.get_inputs()]
        inputs = dict(zip(names, (each.numpy() for each in sampler.inputs(n, seed=5)), strict=True))
        (made,) = session.run(["samples"], inputs)
        assert made.shape == expected.shape
        assert np.abs(made - expected.numpy()).max() <= 1e-5
    assert names == ["latents", "given"][: 1 + (recipe == "cgan")]


def test_networks_that_magnify_rounding_may_differ_by_as_much():
    """A sum of large numbers that nearly cancel: float32 loses digits in any order of summation."""
    network = torch.nn.Linear(400, 1, bias=False)
    with torch.no_grad():
        network.weight.copy_(1e4 * sparring.Key(0).normal("w", (1, 400)))
    latents = sparring.Key(0).normal("z", (64, 400))
    samples = network(latents).detach()
    for scale, relation in ((1.0, "more"), (1e-4, "same")):
        small = torch.nn.Linear(400, 1, bias=False)
        small.load_state_dict({"weight": network.weight.detach() * scale})
        off = (small(latents).double() - latents.double() @ small.weight.double().T).abs().max().item()
        limit = tolerance(small, (latents,), samples * scale)
        assert limit == pytest.approx(max(4 * off, 1e-5 * max(1.0, scale * samples.abs().max().item())))
        assert (limit > 1e-3) == (relation == "more")


def test_a_class_makes_a_difference(exported):
    """The file is told the class: the same latents make other samples of another one."""
    session = onnxruntime.InferenceSession(exported("cgan")[1], providers=["CPUExecutionProvider"])
    latents = np.zeros((1, 5), np.float32)
    one, other = (session.run(None, {"latents": latents, "given": np.array([c])})[0] for c in (0, 7))
    assert np.abs(one - other).max() > 1e-4


def test_spectral_norms_are_in_it():
    sampler = GeneratorSampler(sngan.tiny()[0].generator, Normal(3)).settled().eval()
    inputs = sampler.inputs(64)
    with torch.no_grad():
        samples = sampler.generator(*inputs)
    assert difference(module._converted(sampler.generator, inputs).SerializeToString(), inputs, samples) < 1e-5


def test_what_stands_in_the_head(exported):
    chosen, content = exported("cgan")
    about = {each.key: each.value for each in onnx.load_from_string(content).metadata_props}
    assert about == chosen.metadata()
    assert (about["latent"], about["latent_size"], about["range"]) == ("normal", "5", "[-1.0, 1.0]")
    assert about["kind"] == "pictures"
    assert json.loads(about["classes"])[8] == "bag"
    assert about["source_sha256"] == chosen.model
    assert about["data_licence"] == "MIT"


def test_no_folder_of_this_machine_is_in_it(exported):
    _, content = exported("dcgan")
    assert b"stack_trace" not in content
    for folder in (Path(sparring.__file__).parents[1], Path(torch.__file__).parents[1], Path.home()):
        assert str(folder).encode() not in content


@pytest.mark.parametrize(("wrong", "said"), [(1e-3, "differs from PyTorch by 0.001"), (float("nan"), "by nan")])
def test_a_file_that_computes_something_else_is_refused(wrong, said, subject, monkeypatch):
    honest = module._converted

    def spoiled(network, inputs):
        last = [each for each in network.modules() if getattr(each, "bias", None) is not None][-1]
        torch.nn.init.constant_(last.bias, 0.0).data.add_(wrong)
        return honest(torch.nn.Sequential(*network.layers[:-1]), inputs)

    chosen = subject("ring")  # a new one, of which no file is known
    chosen.sampler.generator.layers[-1].bias.data.zero_()
    chosen.sampler.generator.layers.append(torch.nn.Identity())
    monkeypatch.setattr(module, "_converted", spoiled)
    with pytest.raises(ValueError, match=f"{said}.*expected at most 1e-05.*Nothing was written"):
        onnx_file(chosen)


def test_the_largest_difference_is_found_wherever_it_is(exported):
    chosen, content = exported("ring")
    inputs, samples = chosen.sampler.inputs(64), chosen.sampler.sample(64)
    assert difference(content, inputs, samples) < 1e-6
    for place in (0, 2, 63):
        other = samples.clone()
        other[place, 1] += 0.5
        assert difference(content, inputs, other) == pytest.approx(0.5, abs=1e-5)


def test_what_is_not_one_network_is_refused(subject):
    from dataclasses import replace

    from sparring.samplers import Sampler

    class Steps(Sampler):
        def sample(self, n, *, given=None, seed=0):
            return torch.zeros(n, 2)

    with pytest.raises(UnsuitedError, match="step by step"):
        onnx_file(replace(subject("ring"), sampler=Steps()))

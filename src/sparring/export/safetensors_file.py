"""A generator's weights as a safetensors file, with what there is to say about them in its head."""

from __future__ import annotations

import safetensors.torch

from sparring.export.subject import Subject
from sparring.samplers import GeneratorSampler, tensors_of

__all__ = ["safetensors_file"]


def safetensors_file(subject: Subject) -> bytes:
    """The file: the tensors by the names they have in the generator, or in a sampler that is not one network."""
    sampler = subject.sampler
    module = sampler.generator if isinstance(sampler, GeneratorSampler) else sampler
    tensors = {name: tensor.cpu().contiguous() for name, tensor in tensors_of(module).items()}
    of = f"{type(module).__module__}.{type(module).__qualname__}"
    return bytes(safetensors.torch.save(tensors, {"format": "pt", "module": of, **subject.metadata()}))

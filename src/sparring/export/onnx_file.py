"""A generator as ONNX, which programs without PyTorch run. It is kept only if it computes what PyTorch computes."""

from __future__ import annotations

import copy
import importlib
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from sparring.export.subject import Subject

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto

__all__ = ["INPUTS", "LIMIT", "OPSET", "OUTPUT", "difference", "onnx_file", "tolerance"]

LIMIT, ROUNDING = 1e-5, 4.0
"""By so much samples may differ from PyTorch's, in units of the largest one, or of 1 if that is less.

Or by so many times what rounding to float32 costs PyTorch itself, if that is more: deep networks magnify it.
"""

OPSET = 18
"""The oldest set of operators that torch writes without a conversion."""

INPUTS, OUTPUT = ("latents", "given"), "samples"
"""Names in the file; a generator that cannot be asked for anything has the first input alone."""

_CHECKED = 64


@lru_cache(maxsize=1)
def onnx_file(subject: Subject) -> bytes:
    """The file: latents [N, Z], and what is asked for, [N, ...], to samples [N, ...], for any N.

    Raises:
        UnsuitedError: The run's sampler is not one network.
        ModuleNotFoundError: The packages of sparring's extra `export` are not installed.
        ValueError: Samples differ from PyTorch's; the message says by how much.
    """
    sampler = subject.generator
    for package in ("onnx", "onnxruntime", "onnxscript"):
        importlib.import_module(package)  # before torch needs it, and says so at length
    network, inputs = copy.deepcopy(sampler.generator).eval(), sampler.inputs(_CHECKED)
    with torch.no_grad():
        samples = network(*inputs)
    limit = tolerance(network, inputs, samples)
    content = _described(_converted(network, inputs), subject.metadata()).SerializeToString()
    found = difference(content, inputs, samples)
    if not found <= limit:  # nor if it is not a number
        raise ValueError(
            f"the ONNX file of {str(subject.run.path)!r} differs from PyTorch by {found:.3g}; expected at most "
            f"{limit:.3g}. Nothing was written. Please report it, with the versions of `sparring doctor`"
        )
    return bytes(content)


@torch.no_grad()
def tolerance(network: nn.Module, inputs: Sequence[Tensor], samples: Tensor) -> float:
    """By how much other programs' samples may differ from `samples`, those of a network at inputs."""
    exact: Tensor = copy.deepcopy(network).double()(
        *(each.double() if each.is_floating_point() else each for each in inputs)
    )
    return max(LIMIT * max(1.0, samples.abs().max().item()), ROUNDING * (samples - exact).abs().max().item())


def difference(content: bytes, inputs: Sequence[Tensor], samples: Tensor) -> float:
    """The largest difference of an ONNX file's samples from `samples` [n, ...], in batches of several sizes."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    found, sizes = [], [1, 3, len(samples) - 4]
    for *parts, expected in zip(*(torch.split(each, sizes) for each in (*inputs, samples)), strict=True):
        made = session.run(None, {name: part.numpy() for name, part in zip(INPUTS, parts, strict=False)})[0]
        found.append((torch.from_numpy(made) - expected).abs().max())
    return torch.stack(found).max().item()


def _converted(network: nn.Module, inputs: Sequence[Tensor]) -> ModelProto:
    """The network, whose first dimensions may be any number."""
    batch = torch.export.Dim("N", min=1)
    with _quietly():
        program: Any = torch.onnx.export(
            network,
            tuple(each[:2] for each in inputs),
            dynamo=True,
            opset_version=OPSET,
            input_names=INPUTS[: len(inputs)],
            output_names=[OUTPUT],
            dynamic_shapes=tuple({0: batch} for _ in inputs),
            verbose=False,
        )
    model: ModelProto = program.model_proto
    return model


def _described(model: ModelProto, metadata: Mapping[str, str]) -> ModelProto:
    """The model with what there is to say about it, and without the names of folders that torch writes into it."""
    from onnx.helper import set_model_props

    _forget(model.graph)
    set_model_props(model, dict(metadata))
    return model


def _forget(graph: GraphProto) -> None:
    """Removes notes for debugging."""
    for part in (graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")


@contextmanager
def _quietly() -> Iterator[None]:
    """Keeps torch's own warnings to itself: of what it will change, and of packages that are not needed."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)

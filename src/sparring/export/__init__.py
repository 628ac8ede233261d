"""Exports: a run's generator as files for other programs and people, one sort of file a module."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.export import card as card
    from sparring.export import onnx_file as onnx_file
    from sparring.export import origin as origin
    from sparring.export import runtime as runtime
    from sparring.export import safetensors_file as safetensors_file
    from sparring.export import scores as scores
    from sparring.export import subject as subject
else:
    __getattr__, __dir__ = submodules(__name__)

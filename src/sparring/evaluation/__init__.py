"""Evaluation: what puts metrics together, and its pictures."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.evaluation import asked as asked
    from sparring.evaluation import decoders as decoders
    from sparring.evaluation import likelihood as likelihood
    from sparring.evaluation import measures as measures
    from sparring.evaluation import pictures as pictures
    from sparring.evaluation import record as record
    from sparring.evaluation import verdict as verdict
else:
    __getattr__, __dir__ = submodules(__name__)

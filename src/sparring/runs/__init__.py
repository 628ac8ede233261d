"""A run on disk: what is in its directory, who plays it, how it is kept."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.runs import beginning as beginning
    from sparring.runs import belongings as belongings
    from sparring.runs import budget as budget
    from sparring.runs import checkpoint as checkpoint
    from sparring.runs import code as code
    from sparring.runs import errors as errors
    from sparring.runs import files as files
    from sparring.runs import listing as listing
    from sparring.runs import lock as lock
    from sparring.runs import mending as mending
    from sparring.runs import models as models
    from sparring.runs import moved as moved
    from sparring.runs import news as news
    from sparring.runs import own as own
    from sparring.runs import portraits as portraits
    from sparring.runs import recording as recording
    from sparring.runs import reference as reference
    from sparring.runs import run as run
    from sparring.runs import scores as scores
    from sparring.runs import session as session
    from sparring.runs import sinks as sinks
    from sparring.runs import stage as stage
    from sparring.runs import stopping as stopping
    from sparring.runs import writers as writers
else:
    __getattr__, __dir__ = submodules(__name__)

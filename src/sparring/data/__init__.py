"""Data: sources in memory, toys, and what ships with the package."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.data import alike as alike
    from sparring.data import archive as archive
    from sparring.data import archives as archives
    from sparring.data import arrays as arrays
    from sparring.data import cache as cache
    from sparring.data import cached as cached
    from sparring.data import clusters as clusters
    from sparring.data import delimited as delimited
    from sparring.data import digits as digits
    from sparring.data import downloads as downloads
    from sparring.data import drawings as drawings
    from sparring.data import duplicates as duplicates
    from sparring.data import embedded as embedded
    from sparring.data import fetching as fetching
    from sparring.data import folder as folder
    from sparring.data import formats as formats
    from sparring.data import idx as idx
    from sparring.data import items as items
    from sparring.data import labelling as labelling
    from sparring.data import layouts as layouts
    from sparring.data import listing as listing
    from sparring.data import matching as matching
    from sparring.data import measuring as measuring
    from sparring.data import members as members
    from sparring.data import memory as memory
    from sparring.data import mended as mended
    from sparring.data import named as named
    from sparring.data import named_set as named_set
    from sparring.data import numbers as numbers
    from sparring.data import objects as objects
    from sparring.data import official as official
    from sparring.data import opening as opening
    from sparring.data import oracles as oracles
    from sparring.data import others as others
    from sparring.data import own as own
    from sparring.data import parallel as parallel
    from sparring.data import patience as patience
    from sparring.data import picture as picture
    from sparring.data import picture_sets as picture_sets
    from sparring.data import pixels as pixels
    from sparring.data import preparation as preparation
    from sparring.data import prepared as prepared
    from sparring.data import readers as readers
    from sparring.data import report as report
    from sparring.data import rows as rows
    from sparring.data import seals as seals
    from sparring.data import sequences as sequences
    from sparring.data import series as series
    from sparring.data import sets as sets
    from sparring.data import sheet as sheet
    from sparring.data import single as single
    from sparring.data import source as source
    from sparring.data import spreadsheet as spreadsheet
    from sparring.data import streams as streams
    from sparring.data import strings as strings
    from sparring.data import tables as tables
    from sparring.data import toys as toys
else:
    __getattr__, __dir__ = submodules(__name__)

"""The catalogue of named data sets; those of pictures are in `picture_sets`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sparring.data import layouts
from sparring.data import picture_sets as pictures
from sparring.data.downloads import Apt, Pip, Web
from sparring.data.named_set import NamedSet, Part

__all__ = ["SETS"]

SPEECH = NamedSet(
    title="the prompts of a telephone exchange: 568 sound files (WAV, 8 kHz, 16 bits) of one voice, 25 minutes",
    count=568,
    version="1.6.1",
    licence="CC-BY-SA-3.0",
    homepage="https://downloads.asterisk.org/pub/telephony/sounds/",
    attribution="Recorded by Allison Smith; financial contributions by Digium, Inc.",
    parts=(Part("*.wav", "c5aaa003fc071d5f6d4ea9de116ca77a950fafeb7c6d4d03874f91ed4116662a", 568),),
    sources=(
        (
            Web(
                {"*.wav": "*.wav"},
                "https://downloads.asterisk.org/pub/telephony/sounds/releases/asterisk-core-sounds-en-wav-1.6.1.tar.gz",
            ),
        ),
        (
            Apt(
                {
                    "usr/share/asterisk/sounds/en_US_f_Allison/*.wav": "*.wav",
                    "usr/share/doc/asterisk-core-sounds-en-wav/copyright": "LICENCE.txt",
                },
                "asterisk-core-sounds-en-wav",
                "",
            ),
        ),
    ),
)

DIAMONDS = NamedSet(
    title="prices and properties of 53,940 diamonds: a table with three columns of classes and seven of numbers",
    count=53_940,
    version="0.15.9",
    licence="MIT",
    homepage="https://ggplot2.tidyverse.org/reference/diamonds.html",
    attribution="ggplot2's authors, packed in plotnine by Hassan Kibirige",
    parts=(Part("diamonds.csv", "9574730b03aba241d899c4a97511c5061b19358fab89510774fb6c24168345c4"),),
    sources=(
        (
            Pip(
                {
                    "plotnine/data/diamonds.csv": "diamonds.csv",
                    "plotnine-0.15.9.dist-info/licenses/LICENSE": "LICENCE.txt",
                },
                "plotnine",
                "0.15.9",
            ),
        ),
    ),
)

SMILES = NamedSet(
    title="molecules as SMILES strings: 1,584,663 to train on, 176,074 and 176,225 of new scaffolds to test",
    count=1_936_962,
    version="0.3.1",
    licence="MIT",
    homepage="https://github.com/molecularsets/moses",
    attribution="Copyright 2018 Insilico Medicine; Polykovskiy et al. (2020), https://arxiv.org/abs/1811.12823",
    parts=(
        Part("train.csv", "cc9d6e8e9534e25a7a36361529ae739ddda8036e9072b2fc5cea6930a0592144"),
        Part("test.csv", "0248e682a9c29ca7649184dd88a4edc83f48f0e84af6b923990069c3da4501b6"),
        Part("test_scaffolds.csv", "86c298db856515f4b31a90805de16a580c60a6adcc0ad700ae180d88ba0b9bce"),
    ),
    sources=(
        (
            Pip(
                {
                    "moses/dataset/data/*.csv.gz": "*.csv",
                    "molsets-0.3.1.dist-info/LICENSE": "LICENCE.txt",
                },
                "molsets",
                "0.3.1",
            ),
        ),
    ),
    layout=layouts.smiles,
)


WORDS = NamedSet(
    title="104,334 English words, one a line",
    count=104_334,
    version="2020.12.07",
    licence="SCOWL's own, free for any purpose with its notice",
    homepage="http://wordlist.aspell.net",
    attribution="Copyright 2000-2011 Kevin Atkinson",
    parts=(Part("words.txt", "9f513f1ceadb6a01c5485b7dbdfd5118dc66cd70b59cae2851292112d4066a32"),),
    sources=(
        (
            Apt(
                {
                    "usr/share/dict/american-english": "words.txt",
                    "usr/share/doc/wamerican/copyright": "LICENCE.txt",
                },
                "wamerican",
                "",
            ),
        ),
    ),
)

SEATTLE_WEATHER = NamedSet(
    title="the weather of Seattle on 1,461 days, 2012 to 2015: rain, temperatures and wind, a row for each day",
    count=1461,
    version="0.9.0",
    licence="public domain (National Oceanic and Atmospheric Administration)",
    homepage="https://github.com/vega/vega-datasets",
    attribution="NOAA, packed in vega_datasets by Jake Vanderplas (MIT)",
    parts=(Part("seattle-weather.csv", "62f0609f787158128aa2bd102967173a4953122dd4f872bf1d502cae1037df0b"),),
    sources=(
        (
            Pip(
                {
                    "vega_datasets/_data/seattle-weather.csv": "seattle-weather.csv",
                    "vega_datasets-0.9.0.dist-info/LICENSE": "LICENCE.txt",
                },
                "vega_datasets",
                "0.9.0",
            ),
        ),
    ),
)

SETS: Mapping[str, NamedSet] = MappingProxyType(
    {
        "mnist": pictures.MNIST,
        "fashion-mnist": pictures.FASHION_MNIST,
        "openmoji": pictures.OPENMOJI,
        "emoji-noto": pictures.EMOJI_NOTO,
        "emoji-twitter": pictures.EMOJI_TWITTER,
        "fluent-3d": pictures.FLUENT_3D,
        "icons": pictures.ICONS,
        "photographs": pictures.PHOTOGRAPHS,
        "speech": SPEECH,
        "diamonds": DIAMONDS,
        "seattle-weather": SEATTLE_WEATHER,
        "smiles": SMILES,
        "words": WORDS,
    }
)

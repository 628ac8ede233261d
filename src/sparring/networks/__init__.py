"""Networks: one architecture a file."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.networks import autoencoder as autoencoder
    from sparring.networks import concatenation as concatenation
    from sparring.networks import conditional_dcgan as conditional_dcgan
    from sparring.networks import convnet as convnet
    from sparring.networks import dcgan as dcgan
    from sparring.networks import efficientnet_lite as efficientnet_lite
    from sparring.networks import fourier as fourier
    from sparring.networks import gan2014 as gan2014
    from sparring.networks import gan2016 as gan2016
    from sparring.networks import inception as inception
    from sparring.networks import infogan as infogan
    from sparring.networks import mlp as mlp
    from sparring.networks import noisy as noisy
    from sparring.networks import pairs as pairs
    from sparring.networks import r3gan as r3gan
    from sparring.networks import recurrent as recurrent
    from sparring.networks import recurrent_series as recurrent_series
    from sparring.networks import relaxed as relaxed
    from sparring.networks import resnet as resnet
    from sparring.networks import text_cnn as text_cnn
    from sparring.networks import upsampling_dcgan as upsampling_dcgan
    from sparring.networks import vit as vit
else:
    __getattr__, __dir__ = submodules(__name__)

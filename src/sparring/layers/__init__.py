"""Layers: what networks are made of besides those of torch, one a file."""

from typing import TYPE_CHECKING

from sparring.machine.lazy import submodules

if TYPE_CHECKING:
    from sparring.layers import adaptive as adaptive
    from sparring.layers import augmentations as augmentations
    from sparring.layers import augmented as augmented
    from sparring.layers import batch_norm as batch_norm
    from sparring.layers import conditional_norm as conditional_norm
    from sparring.layers import diff_augment as diff_augment
    from sparring.layers import downsampling as downsampling
    from sparring.layers import dropout as dropout
    from sparring.layers import gaussian_noise as gaussian_noise
    from sparring.layers import gumbel_softmax as gumbel_softmax
    from sparring.layers import instance_noise as instance_noise
    from sparring.layers import maxout as maxout
    from sparring.layers import minibatch_deviation as minibatch_deviation
    from sparring.layers import minibatch_discrimination as minibatch_discrimination
    from sparring.layers import noise as noise
    from sparring.layers import norms as norms
    from sparring.layers import packed as packed
    from sparring.layers import pointwise as pointwise
    from sparring.layers import reference_norm as reference_norm
    from sparring.layers import resampling as resampling
    from sparring.layers import scaled as scaled
    from sparring.layers import spectral as spectral
    from sparring.layers import token_embedding as token_embedding
    from sparring.layers import upsampling as upsampling
    from sparring.layers import weight_norm as weight_norm
    from sparring.layers import with_features as with_features
else:
    __getattr__, __dir__ = submodules(__name__)

"""What can be measured of a checkpoint: groups of metrics, each under one name."""

from enum import StrEnum


class Measure(StrEnum):
    """A group of metrics, by the name it has on the command line and in recipes.

    A family that lacks what a group needs (an encoder, a prior, classes) gets no numbers of it.
    """

    # Squared error of reconstructions, variance explained, active units, accuracy of a classifier,
    # statistics of each dimension; where the factors of the pictures are known, MIG and DCI.
    BASICS = "basics"  # seconds; every training ends with them
    TERMS = "terms"  # ELBO, KL and reconstruction by one sample an image; seconds
    LIKELIHOOD = "likelihood"  # ELBO, IWAE and log p(x) by 500 and 5,000 samples; minutes
    REPRESENTATION = "representation"  # what codes tell of classes, aggregate posterior; a minute
    CORRUPTION = "corruption"  # squared errors and curves of corrupted images; a minute
    DIRECTIONS = "directions"  # in which digits get thicker, lean, widen or grow; seconds
    MIXTURE = "mixture"  # Gaussians fitted to the codes, a file beside the weights; a minute
    GENERATION = "generation"  # what drawn pictures are worth, by the classifier; a minute


# All but TERMS, which LIKELIHOOD has by more samples.
DEFAULT = tuple(measure for measure in Measure if measure is not Measure.TERMS)

"""Whole trainings on the CPU, and their weights."""

import torch

from models import build
from training.loop import Finished, fit

CPU = torch.device("cpu")


def fresh(recipe):
    torch.manual_seed(recipe.seed)
    return build(recipe.config)


def weights_of(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def same_weights(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def trained(recipe, split, **options):
    """(weights, curve) of a whole run."""
    model = fresh(recipe)
    *_, finished = fit(recipe, model, split, CPU, **options)
    assert isinstance(finished, Finished)
    return weights_of(model), finished.curve

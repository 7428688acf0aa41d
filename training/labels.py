"""Learning from few labels: which labels are known, and batches with a share of labelled images.

A label that is not known is -1, UNLABELLED.
"""

from dataclasses import replace
from math import ceil

import torch
from torch import Tensor

from data.datasets import DataError, Split
from evaluation.checkpoints import check_classes
from models import Model

from .recipes import Recipe

UNLABELLED = -1


def check_labels(split: Split, recipe: Recipe, model: Model) -> None:
    """Raises DataError, one sentence, if `split` lacks the labels that recipe and family need."""
    check_classes(split, model)
    if not (model.encode_needs_label or model.has_classifier) or recipe.labels is None:
        return
    classes = model.config.classes
    if recipe.labels < classes or recipe.labels % classes:
        raise DataError(f"As many labels of each class: their number must divide by {classes}.")


def hide_labels(
    train: Split, validation: Split, recipe: Recipe, model: Model
) -> tuple[Split, Split]:
    """Both splits with all labels set to UNLABELLED but `recipe.labels` of `train`, by recipe.seed.

    If that is None, nothing is hidden. For a family that cannot learn from unlabelled images,
    `train` keeps the labelled images alone and `validation` none. Raises DataError if a class has
    too few images.
    """
    if recipe.labels is None:
        return train, validation
    chosen = choose_labelled(train.labels, recipe.labels, recipe.seed)
    if not model.learns_from_unlabelled():
        known = replace(train, images=train.images[chosen], labels=train.labels[chosen])
        return known, replace(validation, images=validation.images[:0], labels=chosen[:0])
    labels = torch.full_like(train.labels, UNLABELLED)
    labels[chosen] = train.labels[chosen]
    hidden = torch.full_like(validation.labels, UNLABELLED)
    return replace(train, labels=labels), replace(validation, labels=hidden)


def choose_labelled(labels: Tensor, count: int, seed: int) -> Tensor:
    """Sorted indices of `count` labels, the same number of each class, drawn by `seed` from [N].

    Raises DataError if a class has too few.
    """
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(labels), generator=generator).to(labels.device)
    classes = labels.unique()
    each = count // len(classes)
    found = [order[labels[order] == c][:each] for c in classes]
    if any(len(some) < each for some in found):
        raise DataError(f"A class of this data set has fewer than {each:,} images to train on.")
    return torch.cat(found).sort().values


def batches(labels: Tensor, recipe: Recipe, generator: torch.Generator) -> list[Tensor]:
    """The batches of one epoch, each a tensor of recipe.batch_size indices into labels [N].

    Without hidden labels every image is used once, but for those that fill no batch. With hidden
    labels that holds of the unlabelled images; the share recipe.labelled_share of every batch is
    labelled images, in random order, repeated as often as needed. Too few images give no batch.
    """
    hidden = (labels == UNLABELLED).nonzero()[:, 0].cpu()
    if recipe.labels is None or not len(hidden):
        order = torch.randperm(len(labels), generator=generator).to(labels.device)
        return list(order.split(recipe.batch_size)[: len(labels) // recipe.batch_size])
    known = (labels != UNLABELLED).nonzero()[:, 0].cpu()
    labelled = round(recipe.labelled_share * recipe.batch_size)
    steps = len(hidden) // (recipe.batch_size - labelled)
    if not steps:
        return []
    turns = ceil(steps * labelled / len(known))
    again = torch.cat([torch.randperm(len(known), generator=generator) for _ in range(turns)])
    with_label = known[again[: steps * labelled]].view(steps, labelled)
    order = torch.randperm(len(hidden), generator=generator)
    without = hidden[order][: steps * (recipe.batch_size - labelled)].view(steps, -1)
    return list(torch.cat([with_label, without], 1).to(labels.device))

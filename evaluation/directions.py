"""Directions in a latent space along which digits get thicker, lean, widen or grow.

For each measure of data/morphology.py a ridge regression predicts it from the mean codes of
training digits; its R^2 is taken on test digits. A direction raises one prediction and leaves the
others. Whether the pictures obey is measured apart: test codes are moved along it, decoded, and
their pictures measured. Which of such moves to take was first chosen on test digits, and confirmed
on training digits that no regression saw: experiments/directions.py.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from data.datasets import Dataset, Split, unit_interval
from data.morphology import MEASURES
from evaluation.codes import codes
from evaluation.metric import by_name, metric, over_images
from models import Model
from models.metrics import Error, Metric
from models.protocols import RidgeRegression, TrainingSpread, Traversal

FIT, HELD_OUT, MOVED = 10_000, 5_000, 200  # digits
PENALTY = 1.0  # of the weights on standardised codes, against a sum of squares over all digits
STEPS = (-2.0, -1.0, 0.0, 1.0, 2.0)  # standard deviations of the measure
UNITS = {"thickness": "pixels", "slant": "degrees", "width": "pixels", "height": "pixels"}
WRITTEN = ("mnist", "digits", "emnist-letters", "kmnist")  # the measures are of strokes


@dataclass(frozen=True)
class Prediction:
    """A measure's linear prediction from a code z [D]: bias + weights . z.

    mean, deviation: of the measure over the digits it was fitted on.
    """

    weights: Tensor
    bias: float
    mean: float
    deviation: float

    def predict(self, z: Tensor) -> Tensor:
        """The prediction of the measure, [N] float64, for codes z [N, D]."""
        return z.double() @ self.weights + self.bias


def fit(z: Tensor, measured: Tensor) -> Prediction:
    """Ridge regression of a measure [N] on codes z [N, D] (Hoerl & Kennard 1970), in closed form.

    The penalty is on weights of standardised codes, so that it does not ask how wide a code lies.
    """
    z, measured = z.double(), measured.double()
    centre, scale = z.mean(0), z.std(0).clamp(min=1e-12)
    standard = (z - centre) / scale
    gram = standard.T @ standard + PENALTY * torch.eye(z.shape[1], dtype=z.dtype)
    middle = measured.mean()
    weights = torch.linalg.solve(gram, standard.T @ (measured - middle)) / scale
    bias = float(middle - weights @ centre)
    return Prediction(weights, bias, float(middle), float(measured.std()))


def directions_of(fits: Mapping[str, Prediction], z: Tensor) -> dict[str, Tensor]:
    """{measure: step [D]}: it raises its prediction by one deviation, and leaves the others.

    Of all steps that do, it is the one that a Gaussian with the covariance of the codes z [N, D]
    makes likeliest: codes stay among those that the decoder has learned.
    """
    return likeliest(fits, torch.cov(z.double().T))


def likeliest(fits: Mapping[str, Prediction], covariance: Tensor) -> dict[str, Tensor]:
    """The same for a covariance [D, D]; the identity's are the shortest steps."""
    weights = torch.stack([f.weights for f in fits.values()])
    deviations = torch.tensor([f.deviation for f in fits.values()], dtype=torch.float64)
    spread = weights @ covariance @ weights.T
    steps = covariance @ weights.T @ torch.linalg.pinv(spread, hermitian=True) * deviations
    return dict(zip(fits, steps.T, strict=True))


def explained(prediction: Prediction, z: Tensor, measured: Tensor) -> tuple[float, float]:
    """R^2, the share of a measure's variance that is predicted, and its standard error.

    The error is over digits, by linearising the ratio of the two means of squares.
    """
    measured = measured.double()
    left = (measured - prediction.predict(z)).square()
    whole = (measured - measured.mean()).square()
    variance = whole.mean().clamp(min=1e-12)
    missed = left.mean() / variance
    error = (left - missed * whole).std() / variance / math.sqrt(len(z))
    return float(1 - missed), float(error)


@torch.no_grad()
def moved(model: Model, z: Tensor, step: Tensor) -> dict[str, Tensor]:
    """Every measure [N, STEPS] of the pictures decoded along `step` [D] from codes z [N, D]."""
    places = z[:, None] + torch.tensor(STEPS)[:, None] * step.float()
    pictures = model.decode(places.flatten(0, 1).to(model.device)).mean[:, 0].cpu()
    return {name: f(pictures).view(len(z), -1) for name, f in MEASURES.items()}


def slopes(values: Tensor) -> Tensor:
    """The least-squares slope [N] of values [N, STEPS] against STEPS."""
    steps = torch.tensor(STEPS, dtype=torch.float64)
    return values.double() @ steps / (steps @ steps)


def suits(model: Model, dataset: Dataset) -> bool:
    """Are these pictures of strokes, with a code of more numbers than there are measures?"""
    coded = model.has_encoder and model.has_decoder and not model.encode_needs_label
    one_channel = model.config.x_shape[0] == 1
    return coded and one_channel and model.latent > len(MEASURES) and dataset.name in WRITTEN


def directions(
    model: Model, train: Split, test: Split
) -> tuple[dict[str, Metric], dict[str, list[float]]]:
    """Metrics of each measure, and what moves a code, for a model that `suits`.

    Metrics: "R^2 NAME" of the prediction; "follow NAME", how far decoded pictures change for each
    standard deviation asked for; "spread NAME", that deviation, and with it the mean. Latent [D]:
    "direction NAME", the code's move for one deviation; "prediction NAME", the weights of the
    prediction in deviations, so that its product with the direction of its own name is 1 and with
    the others 0.
    """
    fitted_on, held_out = train.part(slice(FIT)), test.part(slice(HELD_OUT))
    z, z_test = (codes(model, part.to(model.device)).cpu() for part in (fitted_on, held_out))
    measured, measured_test = _measures(fitted_on), _measures(held_out)
    fits = {name: fit(z, measured[name]) for name in MEASURES}
    steps = directions_of(fits, z)
    metrics, latent = {}, {}
    for name, prediction in fits.items():
        deviation = max(prediction.deviation, 1e-12)
        latent[f"direction {name}"] = _rounded(steps[name])
        latent[f"prediction {name}"] = _rounded(prediction.weights / deviation)
        share, error = explained(prediction, z_test, measured_test[name])
        metrics |= by_name(
            metric(
                f"R^2 {name}",
                share,
                "share of variance",
                RidgeRegression(len(z_test), len(z), PENALTY),
                over_images(error),
            ),
            _followed(model, name, fits, z_test[:MOVED], steps[name]),
            metric(
                f"spread {name}",
                prediction.deviation,
                UNITS[name],
                TrainingSpread(len(z)),
                details={"mean": prediction.mean},
            ),
        )
    return metrics, latent


def _followed(
    model: Model, name: str, fits: Mapping[str, Prediction], z: Tensor, step: Tensor
) -> Metric:
    """How far the pictures decoded from codes z [N, D] follow a step, and what else they do."""
    change = {
        other: slopes(values) / max(fits[other].deviation, 1e-12)
        for other, values in moved(model, z, step).items()
    }
    own = change.pop(name)
    return metric(
        f"follow {name}",
        float(own.mean()),
        "standard deviations for each asked for",
        Traversal(len(own), STEPS[0], STEPS[-1]),
        Error(float(own.std()), "standard deviation", "images"),
        details={
            f"change of {other} in its own deviations": float(v.mean())
            for other, v in change.items()
        },
    )


def _rounded(values: Tensor) -> list[float]:
    return [round(v, 6) for v in values.tolist()]


def _measures(split: Split) -> dict[str, Tensor]:
    x = unit_interval(split.images.cpu())[:, 0]
    return {name: f(x) for name, f in MEASURES.items()}

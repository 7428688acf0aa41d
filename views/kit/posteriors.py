"""q(z|x) of a visitor's digit, for every view that asks where it lies."""

from pydantic import Field

from explore import latent
from views.kit.decoding import MOST_MODELS
from views.kit.lab import Lab
from views.kit.pictures import Picture, read_picture
from views.kit.routes import Message, Routes, route


class DigitForModels(Message):
    """A picture, and by which models it is to be encoded."""

    digit: Picture
    models: list[str] = Field(min_length=1, max_length=MOST_MODELS)


class Posterior(Message):
    """Mean z [D] of q(z|x) and its standard deviation [D]; null for a point mass."""

    z: list[float]
    std: list[float] | None


class Posteriors(Message):
    """One for each model, in the order in which they were named."""

    posteriors: list[Posterior]


@route("encode")
def encode_digit(lab: Lab, question: DigitForModels) -> Posteriors:
    """q(z|x) of the digit under each model.

    Raises gr.Error, one sentence, for an unknown model and for a picture that it does not read.
    """
    return Posteriors(
        posteriors=[posterior_of(lab, name, question.digit) for name in question.models]
    )


def posterior_of(lab: Lab, name: str, digit: Picture) -> Posterior:
    """q(z|x) of the picture under one model."""
    model = lab.entry(name).model
    z, std = latent.posterior(model, read_picture(digit, model.x_shape))
    return Posterior(z=z.tolist(), std=std.tolist() if std.any() else None)


def add_routes(routes: Routes, lab: Lab) -> None:
    """The route that views ask for codes of the digit."""
    routes.add(encode_digit, lab)

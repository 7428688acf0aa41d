"""KL: how far one Gaussian is from another, in closed form, as an area and from draws."""

from explore import kl, latent
from views.kit.component import Component
from views.kit.derivation import fold_out
from views.kit.lab import Lab, Page
from views.kit.pictures import DigitQuestion, read_picture
from views.kit.routes import Message, route

TITLE = "KL divergence"
QUESTION = "How far apart are two Gaussians?"
LOOK = (
    "Drag the curves: KL is the gold area minus the blue, large where the first curve has mass and "
    "the second has none."
)
MODEL = "vae-2"


class KlProps(Message):
    """`model`: the name of the VAE whose q(z_1|x) can be shown."""

    model: str


class GaussianKl(Component):
    """Two densities, and KL in both directions: closed form, integral and Monte Carlo."""

    PROPS = KlProps

    def __init__(self, page: Page):
        page.routes.add(encode_first, page.lab.interactive)
        super().__init__(KlProps(model=MODEL), elem_classes=["gaussian-kl"])


class FirstGaussian(Message):
    """Mean and standard deviation of z_1 under q(z|x)."""

    mu: float
    sigma: float


@route("kl/encoder")
def encode_first(lab: Lab, question: DigitQuestion) -> FirstGaussian:
    """Mean and standard deviation of z_1 under q(z|x) of the shipped VAE, for one digit.

    Raises gr.Error, one sentence, without the model and for a digit of another shape.
    """
    model = lab.entry(MODEL).model
    mean, std = latent.posterior(model, read_picture(question.digit, model.x_shape))
    return FirstGaussian(mu=mean[0].item(), sigma=std[0].item())


def build(page: Page) -> None:
    """Lay the view out; the component computes what it shows, but for the encoder's q."""
    GaussianKl(page)
    fold_out("kl", kl.kl_terms, kl.integrand, kl.monte_carlo)

"""What the claims of the lectures are asked of: shipped networks, and the page's sample digits."""

from types import SimpleNamespace

import pytest
import torch

from data.binarize import SEED, binarize
from explore import gap, latent, trick
from models import quadrature
from tests.lectures import SLIDES
from tests.sheet import sheet_of
from views.kit.lab import JUDGE
from views.kit.samples import THREE
from views.trick.trick import MODEL


@pytest.fixture(scope="session")
def model(shipped):
    """model(name): a network that ships."""
    return lambda name: shipped.entry(name).model


@pytest.fixture(scope="session")
def value(shipped):
    """value(name, metric): what the card of a network says of MNIST's test images."""
    return lambda name, metric: shipped.entry(name).card.metrics[metric].value


@pytest.fixture(scope="session")
def sheet(shipped):
    """The digits of the sample sheet, [60, 1, 28, 28]; their classes go round from 0 to 9."""
    return sheet_of(shipped)


@pytest.fixture(scope="session")
def opening(sheet):
    """The digit that the page opens with, [1, 28, 28]."""
    return sheet[THREE]


@pytest.fixture(scope="session")
def read(model):
    """read(pictures [N, C, H, W]): their classes [N], by the page's classifier."""

    @torch.no_grad()
    def classes(pictures):
        return model(JUDGE).classify(pictures).probs.argmax(1)

    return classes


@pytest.fixture(scope="session")
def seen(model, opening):
    """seen(name): what True posterior shows of the opening digit under a VAE with 2-D codes.

    The model, x in black and white, the posterior, the encoder's q, and the window around both.
    """
    known = {}

    def look(name="vae-2"):
        if name not in known:
            network, x = model(name), binarize(opening, SEED)
            posterior = quadrature.posterior(network, x)
            q = gap.gaussian(*latent.posterior(network, x))
            window = gap.window_around(network, x, posterior, q, quadrature.EXACT, 96)
            known[name] = SimpleNamespace(
                model=network, x=x, posterior=posterior, q=q, window=window, log_p=posterior.log_p
            )
        return known[name]

    return look


@pytest.fixture(scope="session")
def backward(seen):
    """backward(trick_used): one epsilon [2], and what backpropagation makes of the loss there.

    Of the opening digit, at the encoder's q, by the network of the view Reparameterization.
    """
    found = seen(MODEL)
    mu, sigma = found.q.mean, found.q.variance.sqrt()
    epsilon = torch.randn(2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    f = trick.reconstruction_loss(found.model, found.x)
    return lambda trick_used: (epsilon, trick.backpropagate(f, mu, sigma, epsilon, trick_used))


@pytest.fixture
def said(request):
    """All that slides say which name the test as theirs."""
    claim = request.node.originalname.removeprefix("test_")
    texts = [slide.text for slide in SLIDES if slide.claim == claim]
    assert texts, f"No slide makes the claim {claim}."
    return "\n".join(texts)

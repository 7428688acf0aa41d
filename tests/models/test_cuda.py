"""What only a GPU can show; without one this module holds no test."""

import torch

from models import Config, build
from models.corruption import Masking
from models.networks import NetworkConfig
from training.loop import Epoch, Stepper, fit
from training.recipes import Recipe

if torch.cuda.is_available():
    CUDA = torch.device("cuda")
    NETWORK = NetworkConfig(widths=(64,), channels=(8,))

    def recipe(**choices) -> Recipe:
        config = Config("dae", 4, NETWORK, NETWORK, corruption=Masking(0.5))
        return Recipe("gpu", config, dataset="digits", epochs=2, batch_size=64, **choices)

    def weights_after_steps(split, captured: bool) -> list[torch.Tensor]:
        torch.manual_seed(0)
        chosen = recipe(precision="float32")
        stepper = Stepper(build(chosen.config).to(CUDA), split.to(CUDA), chosen, CUDA)
        if captured:
            stepper.capture()
        stepper.start_epoch(seed=0, epoch=0)
        for step in range(5):
            stepper(torch.arange(64, device=CUDA) + step, 1e-3, step)
        return [p.detach().cpu() for p in stepper.model.parameters()]

    def test_a_captured_step_is_the_plain_step(digits):
        # The same noise and the same moments: replaying differs only by the order of sums.
        plain, captured = (weights_after_steps(digits.train, c) for c in (False, True))
        for a, b in zip(plain, captured, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-5)

    def test_training_on_the_gpu_improves(digits):
        torch.manual_seed(0)
        chosen = recipe()
        events = list(fit(chosen, build(chosen.config), digits.train, CUDA))
        first, second = (e.objective for e in events if isinstance(e, Epoch))
        assert second < first

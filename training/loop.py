"""The training loop: `fit` yields events, and its caller shows them.

Every epoch draws its order and noise from generators seeded by (seed, epoch), so the state between
epochs is the weights, Adam's moments and a counter, and a resumed run gives the same weights as an
uninterrupted one.
"""

import hashlib
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from data.datasets import Split, unit_interval
from models import Batch, Model, build

from .errors import TrainingError
from .labels import batches, check_labels, hide_labels
from .recipes import Recipe
from .state import State, read_state, write_state

ORDER, NOISE, VALIDATION = 0, 1, 2  # streams of random numbers, independent of each other
REPORT_EVERY = 50  # steps between progress reports; each one waits for the device


@dataclass(frozen=True)
class Progress:
    """Within an epoch of `steps` steps: terms averaged over those so far, nats per image."""

    epoch: int
    step: int
    steps: int
    terms: dict[str, float]


@dataclass(frozen=True)
class Epoch:
    """After an epoch: averaged terms, nats per image, of training and of validation images.

    objective: the weighted sum of the validation terms, or of the training terms if no image is
    held out. best: is it the lowest so far? seconds: since training began.
    """

    epoch: int
    train: dict[str, float]
    validation: dict[str, float]
    objective: float
    best: bool
    seconds: float


@dataclass(frozen=True)
class Finished:
    """After training: the model has the weights of `best_epoch`.

    curve: for each epoch {"epoch": number, "train TERM": mean, "validation TERM": mean}, nats per
    image. seconds: of training and validation.
    """

    best_epoch: int
    curve: list[dict[str, float]]
    seconds: float


def seed_of(seed: int, stream: int, epoch: int) -> int:
    """A seed below 2^56 for each (seed, stream, epoch), hashed so that no two streams coincide."""
    digest = hashlib.sha256(f"{seed}/{stream}/{epoch}".encode()).digest()
    return int.from_bytes(digest[:7], "big")


def learning_rate(recipe: Recipe, progress: float) -> float:
    """The learning rate when the share `progress` of all steps is done.

    It rises linearly for the share recipe.warmup and then falls to 0 as a cosine.
    """
    if progress < recipe.warmup:
        return recipe.learning_rate * progress / recipe.warmup
    done = (progress - recipe.warmup) / (1.0 - recipe.warmup)
    return recipe.learning_rate * 0.5 * (1.0 + math.cos(math.pi * done))


def native_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 in hardware; emulated it is slower than float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device.type == "cpu" and torch.cpu._is_avx512_bf16_supported()


def uses_bfloat16(recipe: Recipe, device: torch.device) -> bool:
    """Whether layers run in bfloat16, over float32 weights: if the recipe and the device allow."""
    return recipe.precision == "auto" and native_bfloat16(device)


def mixed_precision(recipe: Recipe, device: torch.device):
    """The autocast context of the recipe's precision on this device, or one that does nothing."""
    if uses_bfloat16(recipe, device):
        # No cache of cast weights: a captured graph would keep the casts of the step it recorded.
        return torch.autocast(device.type, torch.bfloat16, cache_enabled=False)
    return nullcontext()


def make_batch(split: Split, index: Tensor, recipe: Recipe, generator: torch.Generator) -> Batch:
    """The images at `index` [B], in [0, 1] or binarized as the recipe says, with their labels."""
    x = unit_interval(split.images[index])
    if recipe.binarize:
        x = torch.bernoulli(x, generator=generator)
    return Batch(x, split.labels[index], generator)


def weighted_sum(weights: Mapping[str, Tensor], means: Mapping[str, Tensor]) -> Tensor:
    """A player's loss: the sum of weight times mean term, nats per image."""
    total, *others = (weight * means[name] for name, weight in weights.items())
    for term in others:
        total = total + term
    return total


class Stepper:
    """One optimisation step over a batch of indices, by the same code on every device.

    All that changes between steps is in tensors (indices, learning rate, weights of the terms), so
    that on CUDA the step can be captured once as a graph and replayed: for networks of this size
    launching kernels one by one takes longer than running them.
    """

    def __init__(self, model: Model, split: Split, recipe: Recipe, device: torch.device):
        self.model, self.split, self.recipe = model, split, recipe
        self.generator = torch.Generator(device)
        self.rate = torch.zeros((), device=device)
        self.index = torch.zeros(recipe.batch_size, dtype=torch.long, device=device)
        self.players = model.players()
        self.weights = {
            player: {name: torch.zeros((), device=device) for name in terms}
            for player, terms in model.objective(0).items()
        }
        self.optimizers = {
            player: torch.optim.Adam(
                parameters,
                lr=self.rate,
                betas=(model.adam_beta1, 0.999),
                fused=True,
                capturable=device.type == "cuda",
            )
            for player, parameters in self.players.items()
        }
        self.sums: dict[str, Tensor] = {}
        self.graph: torch.cuda.CUDAGraph | None = None

    def __call__(self, index: Tensor, rate: float, step: int) -> None:
        """Update every player's parameters once. Nothing here waits for the device."""
        self.index.copy_(index)
        self.rate.fill_(rate)
        for player, terms in self.model.objective(step).items():
            for name, weight in terms.items():
                self.weights[player][name].fill_(weight)
        if self.graph is not None:
            self.graph.replay()
        else:
            self._step()

    def capture(self) -> None:
        """Record one step as a CUDA graph, leaving weights, moments and generator as they were."""
        weights = {k: v.clone() for k, v in self.model.state_dict().items()}
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):  # warm-up off the capture: allocates moments and workspaces
            for _ in range(3):
                self._step()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        graph.register_generator_state(self.generator)
        with torch.cuda.graph(graph):
            self._step()
        self.model.load_state_dict(weights)
        for optimizer in self.optimizers.values():
            for moments in optimizer.state.values():
                for value in moments.values():
                    value.zero_()
        self.graph = graph

    def _step(self) -> None:
        batch = make_batch(self.split, self.index, self.recipe, self.generator)
        with mixed_precision(self.recipe, self.index.device):
            terms = self.model.terms(batch)
        means = {name: term.mean() for name, term in terms.items()}
        # All gradients before any update: the players share one forward pass.
        gradients = {
            player: torch.autograd.grad(
                weighted_sum(self.weights[player], means), parameters, retain_graph=True
            )
            for player, parameters in self.players.items()
        }
        for player, parameters in self.players.items():
            for parameter, gradient in zip(parameters, gradients[player], strict=True):
                parameter.grad = gradient
            if self.recipe.clip is not None:
                torch.nn.utils.clip_grad_norm_(parameters, self.recipe.clip)
            self.optimizers[player].step()
        for name, mean in means.items():
            self.sums.setdefault(name, torch.zeros_like(mean)).add_(mean.detach())

    def start_epoch(self, seed: int, epoch: int) -> None:
        """Set the running sums to 0 and seed the generator for this epoch."""
        for total in self.sums.values():
            total.zero_()
        self.generator.manual_seed(seed_of(seed, NOISE, epoch))

    def averages(self, steps: int) -> dict[str, float]:
        """The terms averaged over `steps` steps of this epoch, nats per image."""
        return {name: float(total) / steps for name, total in self.sums.items()}


def save_state(path: Path, stepper: Stepper, recipe: Recipe, state: State) -> None:
    """Write to `path`, atomically, all that the next epoch needs: see `write_state`."""
    tensors = {f"model.{k}": v for k, v in stepper.model.state_dict().items()}
    tensors |= {f"best.{k}": v for k, v in state.best_weights.items()}
    for player, optimizer in stepper.optimizers.items():
        for i, moments in optimizer.state_dict()["state"].items():
            tensors |= {f"adam.{player}.{i}.{k}": v for k, v in moments.items()}
    write_state(path, tensors, state, recipe, stepper.split.sha256)


def load_state(path: Path, stepper: Stepper, recipe: Recipe) -> State:
    """Restore weights and moments of a saved run into `stepper`; returns the rest of its state.

    Raises TrainingError, before anything is restored, for what `read_state` refuses and for
    tensors that do not fit the model or are not finite.
    """
    tensors, state = read_state(path, recipe, stepper.split.sha256)
    if {name: tensor.shape for name, tensor in tensors.items()} != _shapes(stepper):
        raise TrainingError("The saved state does not fit the model; start again without --resume.")
    if not _are_finite(tensors):
        raise TrainingError(
            "The saved state holds weights that are not numbers; start again without --resume."
        )
    state.best_weights = _with_prefix(tensors, "best.")
    stepper.model.load_state_dict(_with_prefix(tensors, "model."))
    for player, optimizer in stepper.optimizers.items():
        for i, parameter in enumerate(stepper.players[player]):
            moments = _with_prefix(tensors, f"adam.{player}.{i}.")
            _restore_moments(optimizer.state[parameter], moments, parameter.device)
    return state


def _shapes(stepper: Stepper) -> dict[str, torch.Size]:
    """The tensors of a saved state by name: weights, the best ones, and the moments of each."""
    weights = stepper.model.state_dict()
    shapes = {f"{part}.{k}": v.shape for part in ("model", "best") for k, v in weights.items()}
    for player, parameters in stepper.players.items():
        for i, parameter in enumerate(parameters):
            moments = {"step": torch.Size(), "exp_avg": parameter.shape}
            moments["exp_avg_sq"] = parameter.shape
            shapes |= {f"adam.{player}.{i}.{k}": shape for k, shape in moments.items()}
    return shapes


def _are_finite(tensors: Mapping[str, Tensor]) -> bool:
    return all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values())


def _with_prefix(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _restore_moments(
    current: dict[str, Tensor], moments: Mapping[str, Tensor], device: torch.device
) -> None:
    """Copy moments, in place where they exist: a captured CUDA graph refers to their memory."""
    for name, value in moments.items():
        if name in current:
            current[name].copy_(value)
        else:
            current[name] = value.to(device)


@torch.no_grad()
def validate(model: Model, split: Split, recipe: Recipe, seed: int) -> dict[str, float]:
    """The terms averaged over `split`, nats per image; the noise is the same after every epoch."""
    device = split.images.device
    generator = torch.Generator(device).manual_seed(seed_of(seed, VALIDATION, 0))
    totals: dict[str, Tensor] = {}
    for index in torch.arange(len(split), device=device).split(1_000):
        for name, term in model.terms(make_batch(split, index, recipe, generator)).items():
            totals[name] = totals.get(name, 0.0) + term.sum()
    return {name: float(total) / len(split) for name, total in totals.items()}


def validation_size(images: int, recipe: Recipe) -> int:
    """How many of `images` training images are held out for validation: at most a fifth."""
    return min(recipe.validation, images // 5)


def split_validation(split: Split, recipe: Recipe, device: torch.device) -> tuple[Split, Split]:
    """(training images, validation images: the last ones, perhaps none), both on the device.

    Raises TrainingError if the former are fewer than a batch.
    """
    n = len(split) - validation_size(len(split), recipe)
    if n < recipe.batch_size:
        raise TrainingError(
            f"{len(split)} images are too few for a batch of {recipe.batch_size} "
            f"and {recipe.validation} held out."
        )
    train, validation = (split.part(s).to(device) for s in (slice(n), slice(n, None)))
    return train, validation


def fit(
    recipe: Recipe,
    model: Model,
    data: Split,
    device: torch.device,
    state_path: Path | None = None,
    resume: bool = False,
) -> Iterator[Progress | Epoch | Finished]:
    """Train `model` in place; yields `Progress` within epochs, `Epoch` after each, then `Finished`.

    With `state_path` the state is saved there after every epoch; with `resume` training goes on
    from it. Raises TrainingError, and DataError if labels are missing.
    """
    check_labels(data, recipe, model)
    model.to(device).train()
    train, validation = split_validation(data, recipe, device)
    train, validation = hide_labels(train, validation, recipe, model)
    stepper = Stepper(model, train, recipe, device)
    if device.type == "cuda":
        stepper.capture()
    state = State()
    if resume and state_path is not None and state_path.exists():
        state = load_state(state_path, stepper, recipe)

    while state.epoch < recipe.epochs and state.epoch - state.best_epoch < recipe.patience:
        started = time.perf_counter()
        stepper.start_epoch(recipe.seed, state.epoch)
        order = torch.Generator().manual_seed(seed_of(recipe.seed, ORDER, state.epoch))
        indices = batches(train.labels, recipe, order)
        if not indices:
            raise TrainingError(
                "There are too few images for a batch of labelled and unlabelled ones; take more."
            )
        per_epoch = len(indices)
        for i, index in enumerate(indices):
            step = state.epoch * per_epoch + i
            stepper(index, learning_rate(recipe, step / (recipe.epochs * per_epoch)), step)
            if (i + 1) % REPORT_EVERY == 0:
                yield Progress(state.epoch + 1, i + 1, per_epoch, stepper.averages(i + 1))
        yield _finish_epoch(stepper, validation, recipe, state, per_epoch, started)
        if state_path is not None:
            save_state(state_path, stepper, recipe, state)
    model.load_state_dict(state.best_weights)
    model.eval()
    yield Finished(state.best_epoch, state.curve, state.seconds)


def train_model(
    recipe: Recipe,
    data: Split,
    device: torch.device,
    on_event: Callable[[Progress | Epoch | Finished], None] = lambda event: None,
) -> tuple[Model, Finished]:
    """A new model of the recipe, trained on the device, and the last event of `fit`.

    It has the weights of its best epoch. `on_event` is called with every event of `fit`. Raises
    what `fit` raises.
    """
    torch.manual_seed(recipe.seed)  # for the initial weights alone
    model = build(recipe.config)
    finished = None
    for event in fit(recipe, model, data, device):
        on_event(event)
        finished = event
    if not isinstance(finished, Finished):
        raise TrainingError("Training ended without a result.")
    return model, finished


def _finish_epoch(
    stepper: Stepper, validation: Split, recipe: Recipe, state: State, steps: int, started: float
) -> Epoch:
    """Validate, update `state`, also with the weights if they are the best so far; the event."""
    model = stepper.model.eval()
    train = stepper.averages(steps)
    means = validate(model, validation, recipe, recipe.seed) if len(validation) else {}
    weights = model.objective(steps * (state.epoch + 1)).values()
    objective = sum(w * (means or train)[n] for terms in weights for n, w in terms.items())
    if not all(map(math.isfinite, (objective, *train.values(), *means.values()))):
        raise TrainingError("The objective is no longer finite; lower the learning rate.")
    if not _are_finite(model.state_dict()):  # the last step of all may be the one too far
        raise TrainingError("The weights are no longer finite; lower the learning rate.")
    state.epoch += 1
    best = not means or objective < state.best_objective
    if best:
        state.best_epoch, state.best_objective = state.epoch, objective
        state.best_weights = {k: v.clone() for k, v in model.state_dict().items()}
    state.seconds += time.perf_counter() - started
    state.curve.append(
        {"epoch": state.epoch}
        | {f"train {name}": round(value, 4) for name, value in train.items()}
        | {f"validation {name}": round(value, 4) for name, value in means.items()}
    )
    model.train()
    return Epoch(state.epoch, train, means, objective, best, state.seconds)

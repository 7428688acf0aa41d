"""Why a training cannot go on."""


class TrainingError(RuntimeError):
    """Training cannot go on; the message says why in one sentence."""

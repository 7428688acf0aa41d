"""Where the z of a drawn picture comes from, and what a card calls the metrics of each choice."""

PRIOR, MIXTURE, CODES = "prior", "mixture", "codes"


def metric_name(name: str, origin: str) -> str:
    """The metric `name` of pictures whose z come from `origin`; that of N(0, I) has no more to it.

    A card that knows nothing but N(0, I) is read as one that was not asked about the others.
    """
    return name if origin == PRIOR else f"{name}, {origin}"

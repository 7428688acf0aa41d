"""What the page calls the places that the z of a drawn picture comes from."""

from models.origins import CODES, MIXTURE, PRIOR

TITLES = {
    PRIOR: "N(0, I)",
    MIXTURE: "mixture fitted to codes",
    CODES: "codes of test digits",
}
# Codes of test digits give a lower FID than real training digits do.
SAME_DIGITS = (
    "Reconstructions of test digits are measured against the same digits: so they can come out "
    "better than other real ones."
)

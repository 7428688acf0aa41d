"""What the page calls the places that the z of a drawn picture comes from."""

from models.origins import CODES, MIXTURE, PRIOR

TITLES = {
    PRIOR: "N(0, I)",
    MIXTURE: "mixture fitted to codes",
    CODES: "codes of test digits",
}

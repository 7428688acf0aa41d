"""Us and the alternative, side by side in one run; the only source of claims about speed."""

"""Questions to trained models: tensors in, tensors out; no drawing, no page."""

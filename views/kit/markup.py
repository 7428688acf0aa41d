"""TRANSITION: what views that are not converted yet call `encode_pixels` of views.kit.pictures."""

from views.kit.pictures import encode_pixels

__all__ = ["encode_pixels"]

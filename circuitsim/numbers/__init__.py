"""Exact numbers: rationals as they are written, and rounding to fixed point."""

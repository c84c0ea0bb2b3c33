"""Pure thought over the words in `model`: no I/O, no clock, no environment."""

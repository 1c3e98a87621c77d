"""Values and rules without Django, input or output, a clock, or settings."""

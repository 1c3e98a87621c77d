"""Padmé: the length to which a sealed file is padded, so that its size says little about what it is.

Source: Nikitin, Barman, Lueks, Underwood, Hubaux, Ford, "Reducing Metadata Leakage from Encrypted Files and
Communication with PURBs" (PETS 2019), section 4. Padding costs at most 12 % and leaks O(log log length) bits.
"""


def padme(length: int) -> int:
    """Give the padded length for a file.

    Args:
        length: true length in bytes, zero or more.

    Returns:
        The smallest allowed length in bytes that is not below ``length``.

    Raises:
        ValueError: ``length`` is negative.
    """
    if length < 0:
        raise ValueError("a length cannot be negative")
    # A padded length is like a floating-point number whose mantissa is no longer than its exponent:
    # the low bits beyond that are rounded up to zero.
    exponent = max(length.bit_length() - 1, 0)
    low_bits = exponent - exponent.bit_length()
    mask = (1 << max(low_bits, 0)) - 1
    return (length + mask) & ~mask

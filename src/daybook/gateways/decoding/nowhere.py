"""The null twin of the decoder: looks into nothing, and says so."""

from collections.abc import Iterable

from daybook.kernel.media.decoder import Confinement, Decoded, Measure
from daybook.kernel.media.errors import Undecodable


class NoDecoder:
    """For machines where no file shall be looked into. Files are kept all the same."""

    def decode(self, source: Iterable[bytes], *, content_type: str) -> Decoded:
        """Refuse, without pulling a byte from `source`.

        Raises:
            Undecodable: always.
        """
        raise Undecodable("Looking into files is switched off on this machine.")

    def confinement(self) -> Confinement:
        """Report that there is nothing to confine."""
        return Confinement((Measure("decoding", True, "switched off: no file is looked into"),))

"""The null twin of the decoder: looks into nothing, and says so."""

from daybook.kernel.media.decoder import Confinement, Decoded, Measure, Source
from daybook.kernel.media.errors import DecoderMissing


class NoDecoder:
    """For machines where no file shall be looked into. Files are kept all the same."""

    def decode(self, source: Source, *, content_type: str, only_facts: bool = False) -> Decoded:
        """Refuse, without pulling a byte from `source`.

        Raises:
            DecoderMissing: always.
        """
        raise DecoderMissing("Looking into files is switched off on this machine.")

    def confinement(self) -> Confinement:
        """Report that there is nothing to confine."""
        return Confinement((Measure("decoding", True, "switched off: no file is looked into"),))

"""How loud a recording is, from its samples. Runs in a confined child only."""

import itertools
import math
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from av import AudioFrame

# How samples are stored: as memoryview knows it, and what the loudest of them is.
_STORED: Final[dict[str, tuple[Literal["B", "h", "i", "f", "d"], float]]] = {
    "u8": ("B", 128.0),
    "s16": ("h", 32_768.0),
    "s32": ("i", 2_147_483_648.0),
    "flt": ("f", 1.0),
    "dbl": ("d", 1.0),
}
_ENOUGH_HERTZ: Final = 8_000
_STEP_SECONDS: Final = 0.01


class Loudness:
    """The peaks of what was heard, in hundredths of a second."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._peaks: list[float] = []

    def hear(self, frame: "AudioFrame") -> None:
        """Add one frame of sound. Of several channels the first is enough, or all of them where they are interwoven."""
        rate, length = frame.sample_rate, frame.samples
        kind = frame.format.name.removesuffix("p")
        if not 1_000 <= rate <= 1_000_000 or length <= 0 or kind not in _STORED:
            return
        letter, loudest = _STORED[kind]
        channels = 1 if frame.format.is_planar else max(1, frame.layout.nb_channels)
        raw = bytes(frame.planes[0])[: length * channels * frame.format.bytes]
        samples = memoryview(raw).cast(letter)
        step = max(1, int(rate * _STEP_SECONDS)) * channels
        stride = max(1, rate // _ENOUGH_HERTZ) * channels
        for start in range(0, len(samples), step):
            part = samples[start : start + step : stride]
            low, high = float(min(part)), float(max(part))
            if kind == "u8":
                low, high = low - 128, high - 128
            peak = max(abs(low), abs(high)) / loudest
            self._peaks.append(min(peak, 1.0) if math.isfinite(peak) else 0.0)
        self.seconds += length / rate

    def bars(self, number: int) -> list[int]:
        """At most so many heights from 0 to 255, spread evenly over what was heard."""
        count = len(self._peaks)
        number = min(number, count)
        edges = [count * place // number for place in range(number + 1)] if number else []
        return [round(255 * max(self._peaks[start:end])) for start, end in itertools.pairwise(edges)]

"""Short videos of a photograph that moves, and files that only look like videos."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

SAMPLES = Path(__file__).resolve().parents[3] / "models" / "samples"


def moving_photograph(
    file: Path,
    *,
    seconds: float = 2.0,
    rate: int = 10,
    size: tuple[int, int] = (96, 64),
    codec: str = "mpeg4",
    sample: str = "cat.jpg",
) -> Path:
    """A window of the photograph that goes from left to right."""
    width, height = size
    count = round(seconds * rate)
    with Image.open(SAMPLES / sample) as opened:
        scale = max((width + count) / opened.width, height / opened.height)
        picture = opened.convert("RGB").resize((round(opened.width * scale) + 1, round(opened.height * scale) + 1))
    pixels = np.asarray(picture)
    with av.open(str(file), "w") as container:
        stream = container.add_stream(codec, rate=Fraction(rate))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = 5
        for index in range(count):
            window = np.ascontiguousarray(pixels[:height, index : index + width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(window, format="rgb24")))
        container.mux(stream.encode(None))
    return file


def sound_alone(file: Path) -> Path:
    with av.open(str(file), "w") as container:
        stream = container.add_stream("aac", rate=16000)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 16000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file


def truncated(file: Path, share: float) -> Path:
    """Keeps the first part of its bytes."""
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    return file


def playlist(file: Path, of: Path) -> Path:
    """Names another file, under the name of a video."""
    file.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{of.name}\n#EXT-X-ENDLIST\n", encoding="utf-8")
    return file

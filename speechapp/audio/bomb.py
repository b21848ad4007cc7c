"""Files that cost far more than their size while FFmpeg still reads their header, before a limit of ours can act."""

import re

# What no recording of any length exceeds: Opus at 6 kbit/s makes 64 samples of a byte, FLAC 88 of digital silence. With
# large blocks FLAC makes 5,000, and an hour of it, 45 kB, would fill hundreds of megabytes.
MAX_SAMPLES_PER_BYTE = 128

# Each measured: 1.4 MB inflated to 1.5 GB; 20 kB claimed 67 M samples, which took 13 s and 2.4 GB.
_COMPRESSED_HEADER = b"dcomzlib"
_SAMPLE_COUNTS = (
    re.compile(rb"stsz(?=.{8}(.{4}))", re.DOTALL),  # version and flags, common size, count
    re.compile(rb"trun(?=.{4}(.{4}))", re.DOTALL),  # version and flags, count
)


def is_mp4_bomb(raw: bytes) -> bool:
    """Tell whether an MP4's header is compressed, or its tables claim more samples than the file has bytes.

    The whole file is searched, for FFmpeg finds tables in odd places too. That chance writes such a table into honest
    sound has a probability of about 1 in 100,000 for a clip of 30 kB.
    Source of the layout: ISO/IEC 14496-12, boxes `stsz` and `trun`; QuickTime's `cmov`, which no recorder writes.
    """
    counts = (int.from_bytes(count, "big") for pattern in _SAMPLE_COUNTS for count in pattern.findall(raw))
    return sum(counts) > len(raw) or _COMPRESSED_HEADER in raw


def without_id3(raw: bytes) -> bytes:
    """Drop the ID3v2 tags before an MP3: their frames may be compressed.

    Measured: six frames in 1.4 MB inflated for 5 s. Source of the layout: ID3 tag version 2.4.0, section 3.1.
    """
    start = 0
    while raw.startswith(b"ID3", start):
        a, b, c, d = raw[start + 6 : start + 10].ljust(4, b"\0")
        start += 10 + ((a & 127) << 21 | (b & 127) << 14 | (c & 127) << 7 | d & 127)
    return raw[start:]

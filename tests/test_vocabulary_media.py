"""Pictures and sounds of a vocabulary: of a kind that browsers take, small, whole, and harmless."""

import struct
import zlib
from pathlib import Path

import pytest

from speechapp.vocabulary_media import (
    MAX_PICTURE_BYTES,
    MAX_SOUND_BYTES,
    media_type,
    picture_problems,
    sound_problems,
)
from tests import sounds
from tests.vocabularies import SVG

PNG = b"\x89PNG\r\n\x1a\n" + b"".join(
    struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    for kind, data in ((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), (b"IEND", b""))
)
WAV = sounds.word_like(rate_hz=16_000)
HEADS = {
    "a.jpg": b"\xff\xd8\xff\xe0",
    "a.jpeg": b"\xff\xd8\xff\xe0",
    "a.png": PNG,
    "a.svg": SVG.encode(),
    "a.webp": b"RIFF\x00\x00\x00\x00WEBP",
}


def picture(folder: Path, content: bytes | str, name: str = "hund.svg") -> list[str]:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(picture_problems(folder / name))


def sound(folder: Path, content: bytes, name: str = "hund.wav") -> list[str]:
    (folder / name).write_bytes(content)
    return list(sound_problems(folder / name))


@pytest.mark.parametrize("name", sorted(HEADS))
def test_pictures_of_every_kind_are_taken_and_told_by_their_content(tmp_path: Path, name: str) -> None:
    assert picture(tmp_path, HEADS[name], name) == []
    assert picture(tmp_path, b"GIF89a", name) != []


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.wav", WAV),
        ("a.mp3", b"ID3\x04"),
        ("a.ogg", b"OggS"),
        ("a.m4a", b"\0\0\0\x20ftypM4A "),
        ("a.mp4", b"\0\0\0\x20ftypisom"),
        ("a.flac", b"fLaC"),
        ("a.webm", b"\x1a\x45\xdf\xa3"),
    ],
)
def test_sounds_of_every_kind_are_taken_and_told_by_their_content(tmp_path: Path, name: str, head: bytes) -> None:
    assert sound(tmp_path, head, name) == []
    assert sound(tmp_path, b"#!AMR\n", name) == [
        f"{name} does not hold what its ending says; export it again, or give it the right ending"
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.svg", "image/svg+xml"), ("a.JPG", "image/jpeg"), ("a.m4a", "audio/mp4"), ("a.mp3", "audio/mpeg")],
)
def test_the_media_type_follows_from_the_ending(name: str, kind: str) -> None:
    assert media_type(name) == kind


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ("<svg", "hund.svg is not well-formed (unclosed token: line 1, column 0); export it again as plain SVG"),
        (
            SVG.replace(' xmlns="http://www.w3.org/2000/svg"', ""),
            'hund.svg must begin with <svg xmlns="http://www.w3.org/2000/svg" …>, or browsers do not draw it',
        ),
        (
            SVG.replace(' viewBox="0 0 10 10"', ""),
            "hund.svg has no viewBox, so it cannot grow with the screen; export it with one",
        ),
        (
            SVG.replace("<circle", "<script>alert(1)</script><circle"),
            "hund.svg has a <script>; export it as plain SVG",
        ),
        (
            SVG.replace("<circle", '<foreignObject width="9"/><circle'),
            "hund.svg has a <foreignObject>; export it as plain SVG",
        ),
        (
            SVG.replace("<circle", '<circle onload="alert(1)"'),
            "hund.svg runs a script (onload); export it as plain SVG",
        ),
        (
            SVG.replace("<circle", '<image href="https://elsewhere.example/a.png"/><circle'),
            "hund.svg loads https://elsewhere.example/a.png from elsewhere; put all of the picture into the one file",
        ),
        (
            SVG.replace("<circle", '<a xmlns:x="http://www.w3.org/1999/xlink" x:href="javascript:alert(1)"/><circle'),
            "hund.svg loads javascript:alert(1) from elsewhere; put all of the picture into the one file",
        ),
        (
            '<!DOCTYPE svg [<!ENTITY lol "lol">]>' + SVG,
            "hund.svg declares entities; export it as plain SVG",
        ),
    ],
)
def test_an_svg_that_browsers_do_not_draw_or_that_does_more_is_refused(
    tmp_path: Path, changed: str, problem: str
) -> None:
    assert picture(tmp_path, changed) == [problem]


def test_an_svg_may_point_into_itself_and_hold_a_picture(tmp_path: Path) -> None:
    within = '<use href="#eye"/><image href="data:image/png;base64,AAAA"/><circle'
    assert picture(tmp_path, SVG.replace("<circle", within)) == []


def test_media_of_another_kind_are_refused_with_the_kinds_there_are(tmp_path: Path) -> None:
    assert picture(tmp_path, b"GIF89a", "hund.gif") == [
        "hund.gif is of a kind we do not show; make it one of svg, png, jpg, jpeg, webp"
    ]
    assert sound(tmp_path, b"", "hund.doc") == [
        "hund.doc is of a kind we do not play; make it one of wav, flac, ogg, webm, mp4, mp3, m4a"
    ]


def test_media_may_have_so_many_bytes_and_no_more(tmp_path: Path) -> None:
    assert picture(tmp_path, PNG.ljust(MAX_PICTURE_BYTES, b"\0"), "a.png") == []
    assert picture(tmp_path, PNG.ljust(MAX_PICTURE_BYTES + 1, b"\0"), "a.png") == [
        "a.png has 257 KB, more than 256; make it smaller, or draw it as SVG"
    ]
    assert sound(tmp_path, WAV.ljust(MAX_SOUND_BYTES, b"\0")) == []
    assert sound(tmp_path, WAV.ljust(MAX_SOUND_BYTES + 1, b"\0")) == [
        "hund.wav has 513 KB, more than 512; shorten it, or make it an MP3"
    ]


def test_an_empty_file_is_told_once(tmp_path: Path) -> None:
    assert picture(tmp_path, b"", "a.png") == ["a.png is empty; export it again"]
    assert sound(tmp_path, b"") == ["hund.wav is empty; export it again"]


def test_a_file_whose_name_differs_in_capitals_is_named(tmp_path: Path) -> None:
    (tmp_path / "Hund.svg").write_text(SVG)
    assert list(picture_problems(tmp_path / "hund.svg")) == [
        "hund.svg is missing (there is Hund.svg; capitals count); put it beside the vocabulary's file, or take the "
        "line out"
    ]

"""The name, the logo and the colour of the pages: what is refused, and what is served."""

from __future__ import annotations

import html
import os
import re
import struct
import zlib

import pytest

from harness.console import Console
from harness.endpoint import Endpoint

HTML = {"Accept": "text/html"}


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = b"".join([
    b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
    chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")), chunk(b"IEND", b"")])
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0"
WEBP = b"RIFF\x1a\0\0\0WEBPVP8L"
SVG = (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- ours -->\n'
       b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
       b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script></svg>')


@pytest.fixture
def installation(make_server):
    """An installation that is not started."""
    return make_server(start=False, user=False)


def mistake(installation, pages: dict) -> str:
    """The line by which `config check` and the start refuse the settings."""
    installation.configure({"pages": pages})
    checked, started = installation.cli("config", "check"), installation.refuses_to_start()
    assert checked.returncode == 1 and checked.stderr == started, (checked, started)
    (line,) = re.findall(r"^  (pages\..*)$", started, re.M)
    return line


@pytest.mark.parametrize("name", [
    "", " ", " Acme", "Acme ", "x" * 61, "\u00e9" * 61, "\U0001f511" * 61, "x" * 100_000, "Ac\nme", "Ac\0me",
    "Ac\u202eme", "Ac\u200bme", "\u3164", "Ac\u00a0me", "Ac\ue000me", "Ac\ufffdme",
])
def test_a_name_that_is_no_name_is_refused(installation, name):
    assert mistake(installation, {"name": name}).startswith(
        "pages.name: expected 1 to 60 visible characters and plain spaces")


@pytest.mark.parametrize("content, words", [
    (None, "cannot be read"), ("folder", "is not a regular file"), ("pipe", "is not a regular file"),
    (b"", "is no SVG (UTF-8, without declarations of its own), PNG, WebP or JPEG picture"),
    (b"GIF89a", "is no SVG"), (b"<html><svg></svg></html>", "is no SVG"), (b"<svgx></svgx>", "is no SVG"),
    (b"<svg>\xff</svg>", "is no SVG"), (b"<!-- <svg> ", "is no SVG"), (b"<svg", "is no SVG"),
    (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg></svg>', "is no SVG"), (PNG[:7], "is no SVG"),
    (b"RIFF\x1a\0\0\0WAVE", "is no SVG"), (PNG + bytes(65_537 - len(PNG)), "is larger than 65536 bytes"),
], ids=lambda value: repr(value)[:40])
def test_a_logo_that_is_no_picture_is_refused(installation, content, words):
    file = installation.folder / "logo.png"
    if content == "folder":
        file.mkdir()
    elif content == "pipe":
        os.mkfifo(file)
    elif content is not None:
        file.write_bytes(content)
    line = mistake(installation, {"logoFile": "logo.png"})
    assert line.startswith(f"pages.logoFile: {file} ") and words in line, line


@pytest.mark.parametrize("color", [
    "red", "#123", "#12345g", "1d6b57", "#1d6b57ff", " #1d6b57", "#1d6b5\u0667", "#+1+1+1",
])
def test_a_color_that_is_no_color_is_refused(installation, color):
    assert mistake(installation, {"accentColor": color}).startswith("pages.accentColor: expected # and six hexadecimal")


@pytest.mark.parametrize("color", ["#ffffff", "#ffcc00", "#808080", "#6f7f00"])
def test_a_color_that_cannot_be_read_is_refused_with_one_that_can(installation, color):
    line = mistake(installation, {"accentColor": color})
    found = re.fullmatch(
        rf"pages\.accentColor: {color} has a contrast of (\d+\.\d\d):1 with (#[0-9a-f]{{6}}), a background of the "
        r"pages, and text needs 4\.5:1 \(WCAG 2\.1\); choose a darker colour, such as (#[0-9a-f]{6}).*", line)
    assert found, line
    assert float(found[1]) < 4.5 and abs(contrast(color, found[2]) - float(found[1])) < 0.011
    installation.configure({"pages": {"accentColor": found[3]}})
    assert installation.cli("config", "check").returncode == 0


def contrast(one: str, other: str) -> float:
    """WCAG 2.1, contrast ratio."""
    def luminance(color):
        channels = [int(color[place:place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


NAME = "\u0301Läden & <Söhne> \"{{x}}\" 'é'\u0d4e"


def test_the_name_is_on_every_page_and_is_no_markup(make_server):
    server = make_server({"pages": {"name": NAME}})
    console = Console(server).enter()
    written = [(server, path) for path in ("/login", "/inspect", "/setup", "/nothing", "/welcome?token=x")]
    written += [(console, path) for path in ("/console", "/console/users", "/console/nothing")]
    for asked, path in written:
        page = asked.get(path, headers=HTML).body.decode()
        head, brand = (
            re.findall(pattern, page, re.S) for pattern in ("<title>(.*?)</title>", 'class="brand".*?>(.*?)</a>'))
        suffix = " console" if asked is console else ""
        assert html.unescape(head[0]).endswith(f" · {NAME}{suffix}"), path
        assert html.unescape(brand[0]).strip().endswith(f"{NAME}{suffix}"), path
        assert "<Söhne>" not in page and "Heirloom" not in page, path
    onward = server.get("/account", headers={**HTML, "Sec-Fetch-Site": "cross-site"}).body.decode()
    assert html.unescape(re.findall("<title>(.*?)</title>", onward)[0]) == NAME


def test_a_missing_logo_stops_no_command_but_the_start(installation):
    installation.configure({"pages": {"logoFile": "missing.png"}})
    assert installation.cli("user", "list").returncode == 0
    assert installation.cli("config", "check").returncode == 1
    assert "missing.png cannot be read" in installation.refuses_to_start()


@pytest.mark.parametrize("content, content_type", [
    (PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp"), (SVG, "image/svg+xml"),
    (b"<svg></svg>", "image/svg+xml"), (PNG + bytes(65_536 - len(PNG)), "image/png"),
], ids=["png", "jpeg", "webp", "svg", "small", "large"])
def test_a_logo_is_served_with_its_type_and_runs_no_script(make_server, content, content_type):
    server = make_server(start=False)
    # The name of the file says nothing about it.
    (server.folder / "logo.jpg").write_bytes(content)
    server.configure({"pages": {"logoFile": "logo.jpg"}})
    server.start()
    admin = Endpoint(server.admin_port)
    for asked, root, page in ((server, "", "/login"), (admin, "/console", "/console/enter")):
        answer = asked.get(f"{root}/logo")
        assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, content, content_type)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert "default-src 'none'" in policy and "sandbox" in policy and "script" not in str(policy)
        assert asked.get(f"{root}/logo", headers={"If-None-Match": answer.headers["ETag"]}).status == 304
        shown = asked.get(page, headers=HTML).body.decode()
        assert f'<img class="logo" src="{root}/logo" alt="">' in shown and '<svg class="mark"' not in shown
        assert f'<link rel="icon" href="{root}/logo" type="{content_type}">' in shown


def test_without_branding_the_pages_have_the_mark_of_heirloom(server):
    page = server.get("/login", headers=HTML).body.decode()
    assert '<svg class="mark"' in page and "<title>Sign in · Heirloom</title>" in page and "/logo" not in page
    assert server.get("/logo").body == server.get("/mark.svg").body
    assert server.get("/logo").headers["Content-Type"] == "image/svg+xml"
    assert server.get("/style.css").body.count(b"--accent:") == 2


def test_the_color_is_in_the_style_sheet_and_not_in_the_pages(make_server):
    server = make_server({"pages": {"accentColor": "#8A1c4a"}})
    for path, asked in (("/style.css", server), ("/console/style.css", Endpoint(server.admin_port))):
        rules = asked.get(path).body.decode().split("prefers-reduced-motion")[1]
        light, dark = re.findall(r"--accent: (#\w+); --on-accent: (#\w+); --tint: (#\w+);", rules)
        assert light[:2] == ("#8a1c4a", "#ffffff") and dark[1] == "#000000"
        for shade, backgrounds in ((light, ["#f7f5f1", "#fffefb"]), (dark, ["#171614", "#201f1c"])):
            assert all(contrast(shade[0], other) >= 4.5 for other in (*backgrounds, *shade[1:]))
    assert b"#8a1c4a" in server.get("/mark.svg").body
    page = server.get("/login", headers=HTML)
    assert b"8a1c4a" not in page.body and "unsafe" not in page.headers["Content-Security-Policy"]

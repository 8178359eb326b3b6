"""Writes the conversation of this folder in the formats of word processors, from conversation.txt. Same bytes always.

The text is invented and in the public domain (CC0). Run it again after a change: `python make_conversation.py`.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
_DATE = (1980, 1, 1, 0, 0, 0)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def turns() -> list[tuple[str, str]]:
    lines = (HERE / "conversation.txt").read_text(encoding="utf-8").splitlines()
    return [(speaker, words) for speaker, _, words in (line.partition(": ") for line in lines)]


def packed(members: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), content.encode())
    return out.getvalue()


def docx(body: str) -> bytes:
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    document = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    part = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{part}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{relations}">'
            f'<Relationship Id="r1" Type="{document}" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
        }
    )


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def word_paragraphs() -> bytes:
    return docx("".join(f"<w:p>{run(f'{who}:', '<w:b/>')}{run(f' {words}')}</w:p>" for who, words in turns()))


def word_table() -> bytes:
    def row(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc><w:p>{run(cell)}</w:p></w:tc>" for cell in cells) + "</w:tr>"

    grid = '<w:tblGrid><w:gridCol w:w="1000"/><w:gridCol w:w="5000"/><w:gridCol w:w="1000"/></w:tblGrid>'
    rows = [row("Time", "What was said", "Speaker")]
    rows += [row(f"00:00:{at * 10:02d}", words, who) for at, (who, words) in enumerate(turns())]
    return docx(f"<w:tbl>{grid}{''.join(rows)}</w:tbl><w:p/>")


def opendocument() -> bytes:
    kind = "application/vnd.oasis.opendocument.text"
    paragraphs = "".join(f"<text:p>{escape(who)}:<text:tab/>{escape(words)}</text:p>" for who, words in turns())
    spaces = f'xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0"'
    return packed(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
            "content.xml": f"<office:document-content {spaces}><office:body><office:text>{paragraphs}"
            "</office:text></office:body></office:document-content>",
        }
    )


def rtf() -> bytes:
    def escaped(text: str) -> str:
        units = text.encode("utf-16-le")
        codes = [int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2)]
        return "".join(chr(code) if 0 < code < 128 else f"\\u{code}?" for code in codes)

    lines = [f"\\pard {{\\b {who}:}} {escaped(words)}\\par" for who, words in turns()]
    return "\n".join(["{\\rtf1\\ansi\\ansicpg1252\\uc1\\deff0{\\fonttbl{\\f0 Arial;}}", *lines, "}"]).encode("ascii")


def captions() -> str:
    cues = [
        f"00:00:{at * 10:02d}.000 --> 00:00:{at * 10 + 9:02d}.000\n<v {who}>{escape(words)}</v>\n"
        for at, (who, words) in enumerate(turns())
    ]
    return "\n".join(["WEBVTT\n", *cues])


if __name__ == "__main__":
    (HERE / "conversation.docx").write_bytes(word_paragraphs())
    (HERE / "conversation-table.docx").write_bytes(word_table())
    (HERE / "conversation.odt").write_bytes(opendocument())
    (HERE / "conversation.rtf").write_bytes(rtf())
    (HERE / "conversation.vtt").write_text(captions(), encoding="utf-8", newline="")

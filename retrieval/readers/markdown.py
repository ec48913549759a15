"""Markdown: headings, lists and paragraphs; marks of emphasis and links' addresses are left out."""

from __future__ import annotations

import re
from html import unescape

from retrieval.readers.blocks import Block, Notes, Reading, to_text
from retrieval.readers.plain import decode

_HEADING = re.compile(r"\s{0,3}(#{1,6})\s{1,20}(.{1,500}?)\s{0,20}#{0,6}\s{0,20}$")
_UNDERLINE = re.compile(r"\s{0,3}(={1,200}|-{2,200})\s{0,20}$")
_ITEM = re.compile(r"(\s{0,40})(?:[-*+•]|\d{1,3}[.)])\s{1,20}(?=\S)")
_RULE = re.compile(r"\s{0,3}(?:[-*_]\s{0,3}){3,80}$")
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_TABLE = re.compile(r"\s{0,3}\|.{0,2000}\|\s{0,20}$")
_FOOTNOTE = re.compile(r"\s{0,3}\[\^[^\]]{1,40}\]:")
_INLINE = (
    (re.compile(r"!\[[^\]]{0,300}\]\([^)]{0,500}\)"), ""),
    (re.compile(r"\[\^[^\]]{1,40}\]"), ""),
    (re.compile(r"\[([^\]]{1,300})\]\([^)]{0,500}\)"), r"\1"),
    (re.compile(r"\[([^\]]{1,300})\]\[[^\]]{0,100}\]"), r"\1"),
    (re.compile(r"<(https?://[^>\s]{1,300})>"), r"\1"),
    (re.compile(r"(\*\*|__)(?=\S)(.{1,2000}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,2000}?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]{1,2000}?)(?<=\S)_(?![\w_])"), r"\1"),
    (re.compile(r"`([^`\n]{1,500})`"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|~>-])"), r"\1"),
)


def read(raw: bytes) -> Reading:
    """Read Markdown as text.

    Raises:
        ReadError: If it is not UTF-8.
    """
    left_out, warnings = Notes(), Notes()
    text = re.sub(r"<!--.*?-->", "", decode(raw).replace("\r\n", "\n"), flags=re.DOTALL)
    lines = text.split("\n")
    if lines and lines[0].strip() == "---" and "---" in (s.strip() for s in lines[1:60]):
        end = next(i for i, line in enumerate(lines[1:60], 1) if line.strip() == "---")
        left_out.add("front_matter", sample=lines[1])
        # Blank, so that the lines keep their numbers.
        lines[: end + 1] = [""] * (end + 1)
    text = to_text(_blocks(lines, left_out, warnings))
    return Reading(text=text, left_out=left_out.all(), warnings=warnings.all())


def _blocks(lines: list[str], left_out: Notes, warnings: Notes) -> list[Block]:
    blocks: list[Block] = []
    open_block: Block | None = None  # takes the next line, if that is only a line more
    fenced, table = False, 0  # the line where a table began; 0: none is open
    for number, line in enumerate(lines, 1):
        if _FENCE.match(line):
            fenced, open_block = not fenced, None
            continue
        if fenced:
            left_out.add("code", sample=line)
            continue
        body = re.sub(r"^(?:\s{0,3}>\s?)+", "", line)
        heading, item = _HEADING.match(body), _ITEM.match(body)
        table = (table or number) if _TABLE.match(body) else 0
        if not body.strip():
            open_block = None
        elif _FOOTNOTE.match(body):
            left_out.add("footnote", sample=body)
            open_block = None
        elif _TABLE.match(body):
            cells = [cell.strip() for cell in body.strip().strip("|").split("|")]
            if not all(re.fullmatch(r":?-{1,80}:?", cell) for cell in cells):
                left_out.add("table", line=table, sample=cells[0])
                warnings.add("table_left_out", line=table, sample=cells[0], apart=True)
            open_block = None
        elif heading:
            blocks.append(Block(kind="heading", level=len(heading[1]), text=_inline(heading[2])))
            open_block = None
        elif (under := _UNDERLINE.match(body)) and open_block and open_block.kind == "text":
            open_block.kind, open_block.level = "heading", 1 if under[1][0] == "=" else 2
            open_block = None
        elif _RULE.match(body):
            open_block = None
        elif item:
            level = 1 if len(item[1].expandtabs(4)) >= 2 else 0
            level = level if blocks and blocks[-1].kind == "bullet" else 0
            open_block = Block(kind="bullet", level=level, text=_inline(body[item.end() :]))
            blocks.append(open_block)
        elif open_block:
            open_block.text += " " + _inline(body.strip())
        else:
            open_block = Block(kind="text", text=_inline(body.strip()))
            blocks.append(open_block)
    return blocks


def _inline(text: str) -> str:
    for pattern, kept in _INLINE:
        text = pattern.sub(kept, text)
    return unescape(text)

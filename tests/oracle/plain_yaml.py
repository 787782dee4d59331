"""Reads the part of YAML that the examples and cases use.

That is: block and flow mappings and lists, plain and quoted scalars, comments.

It exists so that the oracle depends on no parser of anyone's. Numbers become `Decimal` or `int`, so a price
is what was written.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

INTEGER = re.compile(r"[+-]?\d+")
NUMBER = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d+)?")
TOKEN = re.compile(
    r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[{}\[\],]|:(?=\s|[{\[]|$)"""
    r"""|(?:[^{}\[\],:\s]|:(?=\S)|[ ]+(?![{}\[\],:#\s]))+)"""
)


def load(text: str) -> Any:
    lines = [
        (len(line) - len(line.lstrip()), line.strip()) for line in map(without_comment, text.splitlines())
    ]
    lines = [line for line in lines if line[1] and line[1] != "---"]
    value, rest = block(lines, 0)
    if rest != len(lines):
        raise ValueError(f"cannot read {lines[rest]}")
    return value


def without_comment(line: str) -> str:
    quote = ""
    for index, char in enumerate(line):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and (index == 0 or line[index - 1] in " {[,:"):
            quote = char
        elif char == "#" and (index == 0 or line[index - 1].isspace()):
            return line[:index]
    return line


def block(lines: list[tuple[int, str]], at: int) -> tuple[Any, int]:
    """The block that begins at line `at`, and the line after it."""
    indent, text = lines[at]
    if text == "-" or text.startswith("- "):
        items = []
        while (
            at < len(lines)
            and lines[at][0] == indent
            and (lines[at][1] == "-" or lines[at][1].startswith("- "))
        ):
            inner = lines[at][1][1:].lstrip()
            if not inner:
                item, at = block(lines, at + 1)
            elif split_key(inner):
                # A mapping that begins on the line of the dash is indented to its first key.
                lines[at] = (indent + len(lines[at][1]) - len(inner), inner)
                item, at = block(lines, at)
            else:
                item, at = flow(inner), at + 1
            items.append(item)
        return items, at
    if not split_key(text):
        return flow(text), at + 1
    mapping: dict[str, Any] = {}
    while at < len(lines) and lines[at][0] == indent:
        key, inner = split_key(lines[at][1])
        if inner:
            mapping[key], at = flow(inner), at + 1
        elif at + 1 < len(lines) and (
            lines[at + 1][0] > indent or (lines[at + 1][0] == indent and lines[at + 1][1].startswith("- "))
        ):
            mapping[key], at = block(lines, at + 1)
        else:
            mapping[key], at = None, at + 1
    return mapping, at


def split_key(text: str) -> tuple[str, str] | None:
    match = re.fullmatch(r"""("[^"]*"|'[^']*'|[^\s"'{}\[\],#&*!|>%@`][^:{}\[\]]*?)\s*:(?:\s+(.*))?""", text)
    return (
        (str(scalar(match[1])) if match[1][0] in "\"'" else match[1], (match[2] or "").strip())
        if match
        else None
    )


def flow(text: str) -> Any:
    tokens = [token.strip() for token in TOKEN.findall(text)]
    value, rest = flow_value(tokens, 0)
    if rest != len(tokens):
        raise ValueError(f"cannot read {text!r}")
    return value


def flow_value(tokens: list[str], at: int) -> tuple[Any, int]:
    if tokens[at] == "[":
        items, at = [], at + 1
        while tokens[at] != "]":
            item, at = flow_value(tokens, at)
            items.append(item)
            at += tokens[at] == ","
        return items, at + 1
    if tokens[at] == "{":
        mapping, at = {}, at + 1
        while tokens[at] != "}":
            key = scalar(tokens[at])
            value, at = flow_value(tokens, at + 2)
            mapping[str(key)] = value
            at += tokens[at] == ","
        return mapping, at + 1
    return scalar(tokens[at]), at + 1


def scalar(text: str) -> Any:
    if text[0] in "\"'":
        return text[1:-1].replace("''", "'")
    if INTEGER.fullmatch(text):
        return int(text)
    if NUMBER.fullmatch(text):
        return Decimal(text)
    return {"true": True, "false": False, "null": None, "~": None}.get(text, text)

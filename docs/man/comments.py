# SPDX-License-Identifier: BSD-2-Clause
"""Finds the declarations of a C header and the comments before them."""
import re
from dataclasses import dataclass, field


@dataclass
class Declaration:
    name: str
    kind: str  # function, type, macro, struct, enum
    comment: list  # lines
    result: str = ''  # of a function
    arguments: list = field(default_factory=list)
    members: list = field(default_factory=list)  # of a struct or enum: (text, comment)
    text: str = ''  # of a type or a macro


def lines_of(comment):
    """Returns the lines of a comment, without its delimiters."""
    text = re.sub(r'^\s*/\*|\*/\s*$', '', comment)
    lines = [re.sub(r'^\s*\*(?: |$)?', '', line) if i else line.strip()
             for i, line in enumerate(text.split('\n'))]
    lines = [line.rstrip() for line in lines]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def comment_before(header, position):
    match = re.search(r'(?:^|\n)(/\*(?:(?!\*/).)*\*/)\n$', header[:position], re.S)
    return lines_of(match.group(1)) if match else []


def members_of(body):
    """Returns (text, comment) of each member; the comment is before it, or behind it on its line."""
    members, comment = [], []
    for match in re.finditer(r'(/\*.*?\*/)|([^/;,\n][^/;,]*[;,])(?:[ \t]*(/\*.*?\*/))?', body, re.S):
        before, text, behind = match.groups()
        if before:
            comment = lines_of(before)
            continue
        text = ' '.join(text.split()).rstrip(';,')
        members.append((text, lines_of(behind) if behind else comment))
        comment = []
    return members


def find(header, name):
    """Returns the declaration of a name; exits if there is none."""
    flags = re.M | re.S
    match = re.search(rf'^(?:static (?:inline|__always_inline) )?([a-z_][\w ]*[ *]+){name}\(([^)]*)\)(?=;|\n\{{)',
                      header, flags)
    if match:
        arguments = [' '.join(a.split()) for a in match.group(2).split(',')]
        return Declaration(name, 'function', comment_before(header, match.start()),
                           result=match.group(1).strip(), arguments=arguments)
    match = re.search(rf'^(struct|enum) {name}(?: \{{(.*?)\n\}})?;', header, flags)
    if match:
        return Declaration(name, match.group(1), comment_before(header, match.start()),
                           members=members_of(match.group(2) or ''))
    match = re.search(rf'^typedef [^;]*\b{name}\)[^;]*;', header, flags)
    if match:
        return Declaration(name, 'type', comment_before(header, match.start()),
                           text=' '.join(match.group().split()))
    match = re.search(rf'^#define ({name}(?:\([^)]*\))?)[^\n]*?(?:(/\*[^\n]*\*/))?$', header, flags)
    if match:
        behind = lines_of(match.group(2)) if match.group(2) else []
        return Declaration(name, 'macro', behind or comment_before(header, match.start()),
                           text=match.group(1))
    raise SystemExit(f'the header does not declare {name}')

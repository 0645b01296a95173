# SPDX-License-Identifier: BSD-2-Clause
"""Converts plain text, of comments and of the help, to the macros of mdoc(7)."""
import re

OPENING, CLOSING = '([', '.,;:)]?!'

# The pattern of a word and its macro line; the first match counts.
MACROS = [
    (r'([a-z][\w.-]*)\((\d)\)', r'Xr \1 \2'),
    (r'([A-Za-z_]\w*)\(\)', r'Fn \1'),
    (r'@([a-z]\w*)', r'Fa \1'),
    (r'(@[A-Z]+)', r'Li \1'),
    (r'-(E[A-Z0-9]+)', r'Er \-\1'),
    (r'-([a-z][a-z-]*)', r'Fl \1'),
    (r'(NULL|[A-Z][A-Z0-9]*_[A-Z0-9_]+)', r'Dv \1'),
]


def escape(text):
    """Escapes text, so that no part of it is a macro."""
    text = text.replace('\\', '\\e').replace('\u00b5', '\\(mc')
    return '\\&' + text if text[:1] in ('.', "'") else text


def argument(text):
    """Quotes text as one argument of a macro."""
    return '"' + escape(text).replace('"', '\\(dq') + '"'


def macro_of(word, page_of):
    """Returns the macro line of a word, without its dot; None for a plain word."""
    start = len(word) - len(word.lstrip(OPENING + '*'))
    opening, word = word[:start], word[start:]
    rest = re.sub(r"'s$", '', word.rstrip(CLOSING))
    # The parentheses behind a function's name do not close anything.
    if word[len(rest):].startswith(')') and re.search(r'\(\d?$', rest):
        rest += ')'
    closing = word[len(rest):]
    for pattern, macro in MACROS:
        match = re.fullmatch(pattern, rest)
        if match:
            break
    else:
        return None
    line = match.expand(macro)
    name = match.group(1)
    if line.startswith('Fn') and name in page_of:
        line = f'Xr {name} 3'
    if closing.startswith("'s"):
        line += " Ns 's"
        closing = closing[2:]
    if opening:
        line = f'Pf {opening} {line}'
    return ' '.join([line, *closing])


def prose(text, page_of=()):
    """Returns the lines of a paragraph. Functions in page_of have a page of their own and become references."""
    lines, line = [], ''
    for word in text.split():
        macro = macro_of(word, page_of)
        if macro or len(line) + len(word) > 78 or re.search(r'[.?!][)]?$', line):
            if line:
                lines.append(escape(line))
            line = ''
        if macro:
            lines.append('.' + macro)
        else:
            line = f'{line} {word}' if line else word
    if line:
        lines.append(escape(line))
    return lines


def head(name, section, date, version):
    return [f'.Dd {date}', f'.Dt {name.upper()} {section}', f'.Os ringview {version}']


def references(pages):
    """Returns the lines of SEE ALSO for pages (name, section), by section and name."""
    ordered = sorted(pages, key=lambda page: (page[1], page[0]))
    return [f'.Xr {name} {section}' + (' ,' if i + 1 < len(ordered) else '')
            for i, (name, section) in enumerate(ordered)]

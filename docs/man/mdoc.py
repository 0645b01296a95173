# SPDX-License-Identifier: BSD-2-Clause
"""Plain text, as comments and the help have it, to the macros of mdoc(7)."""
import re

OPENING, CLOSING = '([', '.,;:)]?!'

# What a word may be, and the macro line for it; the first that fits counts.
MACROS = [
    (r'([a-z][\w.-]*)\((\d)\)', r'Xr \1 \2'),
    (r'([A-Za-z_]\w*)\(\)', r'Fn \1'),
    (r'@(\w+)', r'Fa \1'),
    (r'-(E[A-Z0-9]+)', r'Er \-\1'),
    (r'-([a-z][a-z-]*)', r'Fl \1'),
    (r'(NULL|[A-Z][A-Z0-9]*_[A-Z0-9_]+)', r'Dv \1'),
]


def escape(text):
    """Text that is not to be taken for anything else."""
    text = text.replace('\\', '\\e').replace('\u00b5', '\\(mc')
    return '\\&' + text if text[:1] in ('.', "'") else text


def argument(text):
    """Text as one argument of a macro."""
    return '"' + escape(text).replace('"', '\\(dq') + '"'


def macro_of(word, page_of):
    """The macro line for a word, without its dot; None when it is a plain word."""
    start = len(word) - len(word.lstrip(OPENING + '*'))
    opening, word = word[:start], word[start:]
    rest = re.sub(r"'s$", '', word.rstrip(CLOSING))
    # The brackets of a function's name are no closing ones.
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
    """The lines of a paragraph. Functions in page_of have pages, and are referred to."""
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
    """The lines of SEE ALSO, of (name, section), in the order that is usual."""
    ordered = sorted(pages, key=lambda page: (page[1], page[0]))
    return [f'.Xr {name} {section}' + (' ,' if i + 1 < len(ordered) else '')
            for i, (name, section) in enumerate(ordered)]

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Writes a page of section 3 from the comments of a header:

    library_page.py HEADER PAGE ABOUT DATE VERSION SYMBOLS PAGES

SYMBOLS: the symbols that the page describes, in its order. PAGES: all pages of the section with their
symbols, PAGE=SYMBOL,SYMBOL... Both are one argument, separated by spaces.

A comment begins with the description. Paragraphs that begin with these words go to sections of their own,
each up to the next of them:

    Returns ...    RETURN VALUE; a list of errors behind it (-ENAME in front): ERRORS
    Errors: ...    ERRORS
    Threads: ...   THREADS
    Example:       EXAMPLE
"""
import re
import sys

import comments
import mdoc

# Structs whose fields are private.
OPAQUE = {'ringview'}


def blocks(lines, page_of):
    """Converts the text of a comment: paragraphs, code (indented by a tab), and lists, indented by spaces, of
    errors (-ENAME first) or of points (a dash first)."""
    out, paragraph, listed = [], [], None

    def end_paragraph():
        if paragraph:
            out.extend(mdoc.prose(' '.join(paragraph), page_of))
            paragraph.clear()

    def end_list():
        nonlocal listed
        end_paragraph()
        if listed:
            out.append('.El')
            listed = None

    def begin_item(kind, begin, item):
        nonlocal listed
        end_paragraph()
        if listed != kind:
            end_list()
            out.append(begin)
            listed = kind
        out.append(item)

    i = 0
    while i < len(lines):
        line = lines[i]
        error = re.match(r'  +((?:-E[A-Z]+(?:, )?)+)(?:,? +)(.*)', line)
        if line.startswith('\t'):
            end_list()
            out.append('.Bd -literal -offset indent')
            while i < len(lines) and (lines[i].startswith('\t') or
                                      not lines[i] and lines[i + 1:i + 2] and lines[i + 1].startswith('\t')):
                out.append(mdoc.escape(lines[i][1:].expandtabs(8)))
                i += 1
            out.append('.Ed')
            continue
        if error:
            names = re.findall(r'-(E[A-Z]+)', error.group(1))
            begin_item('errors', '.Bl -tag -width Er',
                       '.It ' + ' , '.join(f'Er \\-{name}' for name in names))
            paragraph.append(error.group(2))
        elif re.match(r'  +- ', line):
            begin_item('points', '.Bl -bullet', '.It')
            paragraph.append(line.strip()[2:])
        elif not line:
            end_list()
            if out and out[-1] != '.Pp':
                out.append('.Pp')
        else:
            if listed and not line.startswith('  '):
                end_list()
            paragraph.append(line)
        i += 1
    end_list()
    while out and out[-1] == '.Pp':
        out.pop()
    # Lists and code have space before them already.
    return [line for i, line in enumerate(out)
            if not (line == '.Pp' and out[i + 1].startswith(('.Bl', '.Bd')))]


LABEL = re.compile(r'(Returns(?= )|Errors:|Threads:|Example:) ?')
IS_ERROR = re.compile(r'  +-E[A-Z]')


def parts_of(lines):
    """Returns the lines of a comment by label; '' is the description. A comment of one paragraph may say in its
    last sentences what the function returns."""
    parts, label = {}, ''
    for i, line in enumerate(lines):
        match = LABEL.match(line) if i == 0 or not lines[i - 1] else None
        before, returns, rest = line.partition(' Returns ')
        if match:
            label, line = match.group(1).strip(':'), line[match.end():]
        elif not label and returns and '' not in lines and before.endswith('.'):
            parts.setdefault('', []).append(before)
            label, line = 'Returns', rest
        elif label == 'Returns' and IS_ERROR.match(line):
            label = 'Errors'
        parts.setdefault(label, []).append(line)
    return parts


def returned(name, lines, page_of):
    """Makes 'Returns 1 if...' a sentence about the function."""
    text = ' '.join(lines).strip()
    text = text[:-1] + '.' if text.endswith(':') else text
    return ['.Pp', f'.Fn {name}', *mdoc.prose('returns ' + text, page_of)]


def sections(overview, declarations, page_of):
    """Yields RETURN VALUE, ERRORS, THREADS and EXAMPLE, from all comments of the page, in their order."""
    out = {'RETURN VALUE': [], 'ERRORS': [], 'THREADS': [], 'EXAMPLE': []}
    for name, parts in [('', overview)] + [(d.name, parts_of(d.comment)) for d in declarations]:
        if 'Returns' in parts:
            out['RETURN VALUE'] += returned(name, parts['Returns'], page_of)
        if 'Errors' in parts:
            out['ERRORS'] += ['.Pp'] + ([f'.Fn {name} :'] if 'Returns' in parts else [])
            out['ERRORS'] += blocks(parts['Errors'], page_of)
        for label, section in ('Threads', 'THREADS'), ('Example', 'EXAMPLE'):
            if label in parts:
                out[section] += ['.Pp', *blocks(parts[label], page_of)]
    if not out['ERRORS']:
        out['ERRORS'] = ['None.']
    for section, lines in out.items():
        # A section and code have space before them already.
        lines = [line for i, line in enumerate(lines)
                 if not (line == '.Pp' and (i == 0 or lines[i + 1].startswith('.Bd')))]
        if lines:
            yield from [f'.Sh {section}', *lines]


def synopsis(declarations):
    out = []
    for d in declarations:
        if d.kind == 'function':
            out += [f'.Ft {mdoc.argument(d.result)}', f'.Fo {d.name}']
            out += [f'.Fa {mdoc.argument(a)}' for a in d.arguments]
            out += ['.Fc']
        elif d.kind == 'macro':
            out += [f'.Fd #define {d.text}']
        elif d.kind == 'type':
            out += [f'.Vt {mdoc.argument(d.text)}']
        else:
            out += [f'.Vt {d.kind} {d.name} ;']
    return out


def title(d):
    if d.kind in ('struct', 'enum'):
        return f'{d.kind} {d.name}'
    return d.name + ('()' if d.kind == 'function' else '')


def description(d, page_of):
    text = blocks(parts_of(d.comment).get('', []), page_of)
    if not text and not d.members:
        return []
    out = [f'.Ss {title(d)}', *text]
    if d.members and d.name not in OPAQUE:
        out.append('.Bl -tag -width Ds')
        for text, comment in d.members:
            text = re.sub(r' = \d+$', '', text)
            out.append(f'.It {"Dv" if d.kind == "enum" else "Fa"} {mdoc.argument(text)}')
            out += blocks(comment, page_of)
        out.append('.El')
    return out


def page(header_path, name, about, date, version, symbols, pages):
    header = open(header_path, encoding='utf-8').read()
    file_name = 'ringview/' + header_path.rsplit('/', 1)[-1]
    declarations = [comments.find(header, symbol) for symbol in symbols]
    page_of = {symbol: other for other, its in pages.items() for symbol in its}
    elsewhere = {symbol for symbol, other in page_of.items() if other != name}
    named = [d.name for d in declarations if d.kind in ('function', 'macro', 'type')]
    overview = name not in named

    out = [f'.\\" Made from {file_name} by docs/man/library_page.py.']
    out += mdoc.head(name, 3, date, version)
    names = ([name] if overview else []) + named
    out += ['.Sh NAME'] + [f'.Nm {n} ,' for n in names[:-1]] + [f'.Nm {names[-1]}', f'.Nd {about}']
    if not file_name.endswith('.bpf.h'):
        out += ['.Sh LIBRARY', 'libringview', '.Pq \\-lringview']
    out += ['.Sh SYNOPSIS', f'.In {file_name}', *synopsis(declarations)]
    out += ['.Sh DESCRIPTION']
    parts = {}
    if overview:
        first = re.search(r'/\*\n.*?\*/', header, re.S).group()
        parts = parts_of(comments.lines_of(first))
        out += blocks(parts[''], elsewhere)
    for d in declarations:
        out += description(d, elsewhere)
    out += sections(parts, declarations, elsewhere)
    out += ['.Sh SEE ALSO']
    out += mdoc.references([(other, 3) for other in pages if other != name] +
                           [('bpf_ringbuf_zc_benchmark', 1), ('bpf', 2)])
    return '\n'.join(out) + '\n'


def main():
    header, name, about, date, version, symbols, pages = sys.argv[1:]
    pages = {p.split('=')[0]: p.split('=')[1].split(',') for p in pages.split()}
    sys.stdout.write(page(header, name, about, date, version, symbols.split(), pages))


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Writes the page of a command from the text in this folder and the command's table of flags:

    command_page.py PAGE TABLE DATE VERSION COMMANDS

PAGE is mdoc(7) from NAME on. These lines in it are replaced:

    @SYNOPSIS@, @SUMMARY@, @FLAGS@    from TABLE, the output of `COMMAND -help=table`
    @COMMANDS@                        the commands and the descriptions in their pages
    @SEE ALSO@                        the other pages
    @NAME@                            the file NAME.part beside the page

A page is also installed by the program's short name, so its NAME section has both.
"""
import re
import sys
from pathlib import Path

import mdoc

PROGRAM, SHORT = 'bpf_ringbuf_zc_benchmark', 'ringview-bench'


def read_table(path):
    head, *rows = Path(path).read_text(encoding='utf-8').splitlines()
    name, arguments, summary = head.split('\t')
    return name, arguments, summary, [row.split('\t') for row in rows]


def flag(row):
    name, placeholder, default, names, is_list, text = row
    out = [f'.It Fl {name}' + (f' Ar {placeholder}' if placeholder else ''), *mdoc.prose(text)]
    # The values, unless the text names them.
    if any(word not in text for word in names.split()):
        values = ', '.join(word.replace(':', ':N') for word in names.split())
        out += mdoc.prose(f'The names are {values}.' if is_list else f'One of {values}.')
    if default:
        out += mdoc.prose(f'The default is {default}.')
    return out


def about(page):
    return re.search(r'^\.Nd (.*)$', page.read_text(), re.M).group(1)


def expand(word, page, table, commands):
    name, arguments, summary, rows = table
    if word == 'SYNOPSIS':
        command = page.stem[len(PROGRAM) + 1:]
        arguments = [] if arguments == '[COMMAND]' else [f'.Ar {a}' for a in arguments.split()]
        word = f'.Op Cm {command}' if name == PROGRAM else f'.Cm {command}'
        return [f'.Nm {PROGRAM}', word, '.Op Ar flags', *arguments]
    if word == 'SUMMARY':
        return mdoc.prose(re.sub(r' Commands: .*', '', summary))
    if word == 'FLAGS':
        lines = ['.Bl -tag -width Ds']
        for row in rows:
            lines += flag(row)
        return lines + ['.It Fl help', 'Print the flags and their defaults.', '.El']
    if word == 'COMMANDS':
        lines = ['.Bl -tag -width Ds']
        for command in commands:
            other = page.with_name(f'{PROGRAM}-{command}.1')
            lines += [f'.It Cm {command}', f'{about(other)};', f'see', f'.Xr {other.stem} 1 .']
        return lines + ['.El']
    if word == 'SEE ALSO':
        pages = [(f'{PROGRAM}-{c}', 1) for c in commands] + [(PROGRAM, 1), ('ringview', 3), ('bpf', 2)]
        return mdoc.references([p for p in pages if p[0] != page.stem])
    return page.with_name(f'{word}.part').read_text().splitlines()


def main():
    page, table, date, version, commands = sys.argv[1:]
    page, table = Path(page), read_table(table)
    out = [f'.\\" Made from docs/man/{page.name} and the flags by docs/man/command_page.py.']
    out += mdoc.head(page.stem, 1, date, version)
    text = page.read_text().replace(f'.Nm {page.stem}\n.Nd', f'.Nm {page.stem} ,\n'
                                    f'.Nm {page.stem.replace(PROGRAM, SHORT)}\n.Nd', 1)
    for line in text.splitlines():
        match = re.fullmatch('@(.*)@', line)
        out += expand(match.group(1), page, table, commands.split()) if match else [line]
    sys.stdout.reconfigure(encoding='utf-8')
    print('\n'.join(out))


main()

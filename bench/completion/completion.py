#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Writes the completion for a shell from the commands' tables of flags (COMMAND -help=table):

    completion.py bash|zsh TEMPLATE COMMAND=TABLE...

The template's line @CASES@ becomes the cases of its case statement, one for each command or flag.
"""
import re
import sys

PROGRAM = 'bpf_ringbuf_zc_benchmark'


def read_table(path):
    head, *rows = open(path, encoding='utf-8').read().splitlines()
    return [head.split('\t'), *(row.split('\t') for row in rows), ['help', '', '', '', '', 'Print the flags.']]


def files_of(arguments):
    """What the other arguments of a command are: json, files or none."""
    if 'json' in arguments:
        return 'json'
    return 'files' if arguments not in ('', '[COMMAND]') else 'none'


def bash(commands):
    for command, (head, *flags) in commands.items():
        yield f'{command})'
        yield f'\tflags="{" ".join("-" + row[0] for row in flags)}"'
        yield f'\targuments={files_of(head[1])}'
        yield '\tcase $flag in'
        for name, placeholder, _, names, is_list, _ in flags:
            if placeholder:
                kind = {'FILE': 'files', 'RING': 'rings'}.get(placeholder, is_list or 'names')
                yield f'\t{name}) kind={kind} names="{names}" ;;'
        yield '\tesac'
        yield '\t;;'


def zsh_action(placeholder, names, is_list):
    if placeholder == 'FILE':
        return '_files'
    if placeholder == 'RING':
        return f'($({PROGRAM} watch -format names 2>/dev/null))'
    if is_list:
        return f'_sequence compadd - {names}'
    return f'({names})' if names else ' '


def zsh(commands):
    for command, (head, *flags) in commands.items():
        yield f'{command})'
        yield '\t_arguments -S \\'
        for name, placeholder, _, names, is_list, text in flags:
            about = re.sub(r'([\[\]:\\])', r'\\\1', re.split(r'\. |\.$', text)[0]).replace("'", "'\\''")
            value = f':{placeholder}:{zsh_action(placeholder, names, is_list)}' if placeholder else ''
            yield f"\t\t'-{name}{'=' if placeholder else ''}[{about}]{value}' \\"
        files = {'json': "'*:result:_files -g \"*.json\"'", 'files': "'*:file:_files'", 'none': "':: :'"}
        yield f'\t\t{files[files_of(head[1])]}' if files_of(head[1]) != 'none' else "\t\t&& return"
        yield '\t;;'


def main():
    shell, template, *tables = sys.argv[1:]
    commands = {t.split('=', 1)[0]: read_table(t.split('=', 1)[1]) for t in tables}
    sys.stdout.reconfigure(encoding='utf-8')
    for line in open(template, encoding='utf-8').read().splitlines():
        indent, word = re.fullmatch(r'(\s*)(.*)', line).groups()
        if word == '@CASES@':
            for out in {'bash': bash, 'zsh': zsh}[shell](commands):
                print(indent + out)
        else:
            print(line.replace('@COMMANDS@', ' '.join(commands)))


main()

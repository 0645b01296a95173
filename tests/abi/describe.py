#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Prints what a program relies on that was built with a header and linked with a library: the soname, each
function with its type and its version, and the layout of each type.

    describe.py LIBRARY HEADER

Functions are those that LIBRARY exports, and those that HEADER has inline; types are those that HEADER
defines. Names, versions and the soname are the library's; all else is gcc's word, from its debugging
information.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

from elftools.elf.elffile import ELFFile

KINDS = {'DW_TAG_structure_type': 'struct', 'DW_TAG_union_type': 'union', 'DW_TAG_enumeration_type': 'enum'}
REFERENCE = 'abi_of_'


def exports(library):
    """The versions of the functions and objects that the library exports."""
    lines = subprocess.run(['nm', '-D', '--defined-only', '--with-symbol-versions', library],
                           check=True, capture_output=True, text=True).stdout.splitlines()
    symbols = [line.split()[-1] for line in lines if line.split()[-2] != 'A']
    return dict(symbol.replace('@@', '@').split('@') for symbol in symbols)


def soname(library):
    with open(library, 'rb') as file:
        return next(tag.soname for tag in ELFFile(file).get_section_by_name('.dynamic').iter_tags('DT_SONAME'))


def compiled(header, names):
    """An object whose debugging information has all of the header, and the types of these names."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, 'abi.c')
        source.write_text(f'#include "{header.resolve()}"\n' + ''.join(
            f'__typeof__({name}) *{REFERENCE}{name};\n' for name in names), encoding='utf-8')
        # DWARF 4: of the next, the table of files is numbered in another way.
        command = ['gcc', '-std=gnu11', '-O0', '-gdwarf-4', '-fno-eliminate-unused-debug-types',
                   '-fkeep-inline-functions', '-c', 'abi.c', '-o', 'abi.o']
        if subprocess.run(command, check=False, cwd=folder).returncode:
            sys.exit(f'describe.py: {header} does not declare all that the library exports, or gcc does not take it')
        return Path(folder, 'abi.o').read_bytes()


def name_of(die):
    return die.attributes['DW_AT_name'].value.decode()


def number(die, attribute):
    return die.attributes[attribute].value


def target(die):
    return die.get_DIE_from_attribute('DW_AT_type') if 'DW_AT_type' in die.attributes else None


def parameters(die):
    out = [declare(target(child), '') for child in die.iter_children() if child.tag == 'DW_TAG_formal_parameter']
    out += ['...' for child in die.iter_children() if child.tag == 'DW_TAG_unspecified_parameters']
    return ', '.join(out) or 'void'


def length(die):
    bounds = [child for child in die.iter_children() if child.tag == 'DW_TAG_subrange_type']
    return ''.join(f"[{number(b, 'DW_AT_upper_bound') + 1 if 'DW_AT_upper_bound' in b.attributes else ''}]"
                   for b in bounds)


def declare(die, inner):
    """The C declaration of something of this type, inner."""
    if die is None:
        word = 'void'
    elif die.tag == 'DW_TAG_pointer_type':
        to = target(die)
        inside = to is not None and to.tag in ('DW_TAG_subroutine_type', 'DW_TAG_array_type')
        return declare(to, f'(*{inner})' if inside else f'*{inner}')
    elif die.tag in ('DW_TAG_const_type', 'DW_TAG_volatile_type'):
        to, word = target(die), die.tag[len('DW_TAG_'):-len('_type')]
        if to is not None and to.tag == 'DW_TAG_pointer_type':
            return declare(to, f'{word} {inner}'.rstrip())
        return f'{word} {declare(to, inner)}'
    elif die.tag == 'DW_TAG_array_type':
        return declare(target(die), inner + length(die))
    elif die.tag == 'DW_TAG_subroutine_type':
        return declare(target(die), f'{inner}({parameters(die)})')
    elif die.tag in KINDS:
        if 'DW_AT_name' not in die.attributes:
            sys.exit('describe.py: a type without a name: give it one')
        word = f'{KINDS[die.tag]} {name_of(die)}'
    else:
        word = name_of(die)
    return f'{word} {inner}' if inner else word


def member(die):
    if 'DW_AT_bit_size' in die.attributes:
        sys.exit(f'describe.py: {name_of(die)} is a bit field, whose place compilers choose: take an integer')
    offset = number(die, 'DW_AT_data_member_location') if 'DW_AT_data_member_location' in die.attributes else 0
    return f'\t{offset:3} {declare(target(die), name_of(die))}'


def layout(die):
    lines = [f"{KINDS[die.tag]} {name_of(die)}: {number(die, 'DW_AT_byte_size')} bytes"]
    for child in die.iter_children():
        if child.tag == 'DW_TAG_enumerator':
            lines.append(f"\t{name_of(child)} = {number(child, 'DW_AT_const_value')}")
        elif child.tag == 'DW_TAG_member':
            lines.append(member(child))
    return lines


def describe(library, header):
    versions = exports(library)
    with tempfile.TemporaryFile() as file:
        file.write(compiled(header, versions))
        unit = next(ELFFile(file).get_dwarf_info().iter_CUs())
        files = unit.dwarfinfo.line_program_for_CU(unit)['file_entry']
        functions, types = [], []
        for die in unit.get_top_DIE().iter_children():
            if 'DW_AT_name' not in die.attributes or 'DW_AT_decl_file' not in die.attributes:
                continue
            name, here = name_of(die), files[number(die, 'DW_AT_decl_file') - 1].name.decode() == header.name
            if die.tag == 'DW_TAG_variable' and name.startswith(REFERENCE):
                function = name[len(REFERENCE):]
                functions.append((function, f'{declare(target(target(die)), function)}; {versions[function]}'))
            elif die.tag == 'DW_TAG_subprogram' and here and 'DW_AT_declaration' not in die.attributes:
                functions.append((name, declare(target(die), f'{name}({parameters(die)}); inline')))
            elif die.tag == 'DW_TAG_typedef' and here:
                types.append((name, ['typedef ' + declare(target(die), name)]))
            elif die.tag in KINDS and here and 'DW_AT_declaration' not in die.attributes:
                types.append((name, layout(die)))
    return [soname(library), '', *(line for _, line in sorted(functions)),
            *(line for _, lines in sorted(types) for line in ['', *lines])]


if len(sys.argv) != 3:
    sys.exit('usage: describe.py LIBRARY HEADER')
print('\n'.join(describe(sys.argv[1], Path(sys.argv[2]))))

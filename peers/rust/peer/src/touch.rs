// SPDX-License-Identifier: BSD-2-Clause
//! The work on each event in `drain`: that of bench/readers/touch.h, with the same sums. A type for
//! each touching, so that readers are compiled for it and nothing is decided per event.
//!
//! As in C, lengths are not checked, other than by SKB_FIELDS: the driver asks for a touching that
//! fits its events, and readers of one kind of event know its size. What is read lies within the
//! reader's mapping even if it does not, since a ring's data is mapped twice in a row.

use std::arch::asm;

const PROOF_PRIME: u64 = 0x0100_0000_01b3;
const SKB_META_SIZE: usize = 80;
const SKB_META_NUMBERS: usize = 17;

pub trait Touch {
    /// The sum with this event.
    fn touch(sum: u64, event: &[u8]) -> u64;
}

pub struct Nothing;
pub struct Header;
pub struct SkbFields;
pub struct Words;
/// Words of events of SIZE bytes.
pub struct WordsOf<const SIZE: usize>;
pub struct Bytes;
pub struct Proof;

/// # Safety
/// 8 bytes at @offset have to be readable.
#[inline(always)]
unsafe fn word(at: *const u8, offset: usize) -> u64 {
    // SAFETY: the caller's.
    u64::from_le(unsafe { at.add(offset).cast::<u64>().read_unaligned() })
}

/// The last word, which is incomplete.
#[inline]
fn rest(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];

    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

/// sum_words() of bench/readers/touch.h.
///
/// # Safety
/// @length bytes have to be readable.
#[inline(always)]
unsafe fn sum_words(mut at: *const u8, length: usize) -> u64 {
    let (mut even, mut odd) = (0u64, 0u64);

    // SAFETY: no more than @length bytes, all in all.
    unsafe {
        let end = at.add(length / 32 * 32);

        while at != end {
            even = even.wrapping_add(word(at, 0)).wrapping_add(word(at, 16));
            odd = odd.wrapping_add(word(at, 8)).wrapping_add(word(at, 24));
            at = at.add(32);
        }
        if length & 16 != 0 {
            even = even.wrapping_add(word(at, 0));
            odd = odd.wrapping_add(word(at, 8));
            at = at.add(16);
        }
        if length & 8 != 0 {
            even = even.wrapping_add(word(at, 0));
            at = at.add(8);
        }
        if !length.is_multiple_of(8) {
            odd = odd.wrapping_add(rest(std::slice::from_raw_parts(at, length % 8)));
        }
    }
    even.wrapping_add(odd)
}

impl Touch for Nothing {
    #[inline(always)]
    fn touch(sum: u64, event: &[u8]) -> u64 {
        // SAFETY: it is empty. The view has to be made, though nothing looks through it.
        unsafe {
            asm!("/* {0} {1} */", in(reg) event.as_ptr().addr(), in(reg) event.len(),
                options(nomem, nostack, preserves_flags))
        };
        sum
    }
}

impl Touch for Header {
    #[inline(always)]
    fn touch(sum: u64, event: &[u8]) -> u64 {
        debug_assert!(event.len() >= 8);
        // SAFETY: events have 8 bytes or more, see above.
        sum.wrapping_add(unsafe { word(event.as_ptr(), 0) })
    }
}

impl Touch for SkbFields {
    #[inline(always)]
    fn touch(mut sum: u64, event: &[u8]) -> u64 {
        let Ok(meta) = <&[u8; SKB_META_SIZE]>::try_from(event) else {
            return sum.wrapping_add(1);
        };
        let (address, numbers) = meta.split_at(8);

        sum = sum.wrapping_add(rest(address));
        for number in numbers.chunks_exact(4).take(SKB_META_NUMBERS) {
            let number = u32::from_le_bytes([number[0], number[1], number[2], number[3]]);
            sum = sum.wrapping_add(number.into());
        }
        sum
    }
}

impl Touch for Words {
    #[inline(always)]
    fn touch(sum: u64, event: &[u8]) -> u64 {
        // SAFETY: it is as long as it says.
        sum.wrapping_add(unsafe { sum_words(event.as_ptr(), event.len()) })
    }
}

impl<const SIZE: usize> Touch for WordsOf<SIZE> {
    #[inline(always)]
    fn touch(sum: u64, event: &[u8]) -> u64 {
        debug_assert!(event.len() == SIZE);
        // SAFETY: events have this size, see above.
        sum.wrapping_add(unsafe { sum_words(event.as_ptr(), SIZE) })
    }
}

impl Touch for Bytes {
    /// By 16, which is as the compiler of the benchmark does it; one loop over all of them takes
    /// this one a tenth longer.
    #[inline(always)]
    fn touch(mut sum: u64, event: &[u8]) -> u64 {
        let add = |sum: u64, &byte: &u8| sum.wrapping_add(byte.into());
        let chunks = event.chunks_exact(16);
        let rest = chunks.remainder();

        for chunk in chunks {
            sum = chunk.iter().fold(sum, add);
        }
        rest.iter().fold(sum, add)
    }
}

impl Touch for Proof {
    #[inline(always)]
    fn touch(sum: u64, event: &[u8]) -> u64 {
        let words = event.chunks_exact(8);
        let last = words.remainder();
        let add = |sum: u64, word: u64| (sum ^ word).wrapping_mul(PROOF_PRIME);
        let mut sum = add(sum, event.len() as u64);

        sum = words.fold(sum, |sum, word| add(sum, rest(word)));
        if last.is_empty() { sum } else { add(sum, rest(last)) }
    }
}

/// Compiles @body for each touching, with the type @T for it; @otherwise if there is none of that
/// name.
#[macro_export]
macro_rules! for_touching {
    ($name:expr, $T:ident => $body:expr, $otherwise:expr) => {
        $crate::for_touching!(@ $name, $T => $body, $otherwise;
            "NONE" Nothing, "HEADER" Header, "SKB_FIELDS" SkbFields, "WORDS" Words,
            "WORDS_16" WordsOf<16>, "WORDS_32" WordsOf<32>, "WORDS_48" WordsOf<48>,
            "WORDS_64" WordsOf<64>, "WORDS_80" WordsOf<80>, "WORDS_96" WordsOf<96>,
            "BYTES" Bytes, "PROOF" Proof)
    };
    (@ $name:expr, $T:ident => $body:expr, $otherwise:expr;
        $($touching:literal $type:ident $(<$size:literal>)?),*) => {
        match $name {
            $($touching => {
                type $T = $crate::touch::$type $(<$size>)?;
                $body
            })*
            _ => $otherwise,
        }
    };
}

#[cfg(test)]
mod tests {
    /// The byte at @index of event @number.
    fn pattern(number: u64, index: u64) -> u8 {
        ((number + 1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .wrapping_add(index.wrapping_mul(index) * 37)
            >> (index % 7 * 8)) as u8
    }

    /// Three events that begin at unaligned addresses.
    fn sum(touching: &str, length: u64) -> u64 {
        (0..3).fold(0, |sum, number| {
            let mut bytes = vec![0; number as usize];
            bytes.extend((0..length).map(|index| pattern(number, index)));
            super::super::for_touching!(touching,
                T => <T as super::Touch>::touch(sum, &bytes[number as usize..]), unreachable!())
        })
    }

    /// What touch_record() says, in C.
    const VECTORS: [(&str, u64, u64); 33] = [
        ("NONE", 16, 0),
        ("HEADER", 16, 13712575041151887486),
        ("HEADER", 24, 13712575041151887486),
        ("SKB_FIELDS", 16, 3),
        ("SKB_FIELDS", 24, 3),
        ("SKB_FIELDS", 63, 3),
        ("SKB_FIELDS", 80, 13712575155079901222),
        ("SKB_FIELDS", 100, 3),
        ("SKB_FIELDS", 1000, 3),
        ("WORDS_16", 16, 560741255025960833),
        ("WORDS_32", 32, 14070707515435121721),
        ("WORDS_48", 48, 17769496361144034153),
        ("WORDS_64", 64, 12808556335691864562),
        ("WORDS_80", 80, 17082634178640665488),
        ("WORDS_96", 96, 4744727425768361697),
        ("WORDS", 16, 560741255025960833),
        ("WORDS", 24, 14376859453088834367),
        ("WORDS", 63, 4954278585557719538),
        ("WORDS", 80, 17082634178640665488),
        ("WORDS", 100, 4744727432223087546),
        ("WORDS", 1000, 16643894242807824234),
        ("BYTES", 16, 5965),
        ("BYTES", 24, 9645),
        ("BYTES", 63, 24933),
        ("BYTES", 80, 31978),
        ("BYTES", 100, 39805),
        ("BYTES", 1000, 393875),
        ("PROOF", 16, 13503942129988840685),
        ("PROOF", 24, 2507595897553140345),
        ("PROOF", 63, 15054486260525760175),
        ("PROOF", 80, 4932858217951241658),
        ("PROOF", 100, 10054643796346831364),
        ("PROOF", 1000, 8729067370171975552),
    ];

    #[test]
    fn sums_are_those_of_the_benchmark() {
        for (touching, length, expected) in VECTORS {
            assert_eq!(sum(touching, length), expected, "{touching} of {length} B");
        }
    }

    #[test]
    fn no_other_touching_is_known() {
        for name in ["", "none", "WORDS_24", "HEADER "] {
            assert!(!for_touching!(name, _T => true, false), "{name}");
        }
    }
}

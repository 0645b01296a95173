// SPDX-License-Identifier: BSD-2-Clause
//! The lines of peers/README.md.

use std::fmt::Write;
use std::fs;

use crate::live::{Consumer, SEQUENCE, hash};
use crate::serve::{Drained, Waits};

/// Bytes of the smallest live event: its id and when it was due.
pub const EVENT_MIN: u32 = 16;
const EVENT_MAX: u32 = 65536;
/// The producer's number is the upper 16 bits of an id.
const PRODUCERS_MAX: u32 = 1 << 16;

#[derive(Debug, PartialEq)]
pub struct Drain {
    pub path: String,
    pub events: u64,
    pub touching: String,
    pub timeout_ns: u64,
}

#[derive(Debug, PartialEq)]
pub struct Live {
    pub path: String,
    pub producers: u32,
    pub sizes: Sizes,
    pub work_ns: u64,
}

#[derive(Debug, PartialEq)]
pub enum Command {
    Drain(Drain),
    /// As many events as it says, by the reader of the last drain.
    Again(u64),
    Live(Live),
    Stop,
}

/// Those of the events: one size, or a mix of several.
#[derive(Debug, PartialEq)]
pub enum Sizes {
    One(u32),
    Random(Vec<u32>),
    InOrder(Vec<u32>),
}

impl Sizes {
    fn size(what: &str, word: &str) -> Result<u32, String> {
        Ok(number(what, word, EVENT_MIN.into(), EVENT_MAX.into())? as u32)
    }

    /// A number; or random:FILE or in-order:FILE, with a size a line.
    pub fn parse(word: &str) -> Result<Self, String> {
        let Some((how, file)) = word.split_once(':') else {
            return Ok(Self::One(Self::size("EVENT_SIZE", word)?));
        };
        let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        let sizes: Vec<_> = text
            .split_whitespace()
            .map(|line| Self::size("a size of the mix", line))
            .collect::<Result<_, _>>()?;

        match how {
            _ if sizes.is_empty() => Err(format!("{file} has no sizes")),
            "random" => Ok(Self::Random(sizes)),
            "in-order" => Ok(Self::InOrder(sizes)),
            _ => Err(format!("EVENT_SIZE is \"{word}\"; a mix is random:FILE or in-order:FILE")),
        }
    }

    /// Of an event: mix_index() of bpf/events.h.
    #[inline]
    pub fn of(&self, id: u64) -> u32 {
        match self {
            Self::One(size) => *size,
            Self::Random(sizes) => sizes[((hash(id) >> 32) * sizes.len() as u64 >> 32) as usize],
            Self::InOrder(sizes) => sizes[((id & SEQUENCE) % sizes.len() as u64) as usize],
        }
    }
}

fn number(what: &str, word: &str, min: u64, max: u64) -> Result<u64, String> {
    Some(word)
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|word| word.parse().ok())
        .filter(|number| (min..=max).contains(number))
        .ok_or_else(|| format!("{what} has to be a number from {min} to {max}, and is \"{word}\""))
}

impl Command {
    pub fn parse(line: &str) -> Result<Self, String> {
        let words: Vec<_> = line.split(' ').collect();

        match words[..] {
            ["drain", path, events, touching, timeout_ns] => Ok(Self::Drain(Drain {
                path: path.to_owned(),
                events: number("EVENTS", events, 0, i64::MAX as u64)?,
                touching: touching.to_owned(),
                timeout_ns: number("TIMEOUT_NS", timeout_ns, 0, i64::MAX as u64)?,
            })),
            ["again", events] => Ok(Self::Again(number("EVENTS", events, 0, i64::MAX as u64)?)),
            ["live", path, producers, sizes, work_ns] => Ok(Self::Live(Live {
                path: path.to_owned(),
                producers: number("PRODUCERS", producers, 1, PRODUCERS_MAX.into())? as u32,
                sizes: Sizes::parse(sizes)?,
                work_ns: number("WORK_NS", work_ns, 0, i64::MAX as u64)?,
            })),
            ["stop"] => Ok(Self::Stop),
            ["drain", ..] => Err("drain takes PATH EVENTS TOUCHING TIMEOUT_NS".to_owned()),
            ["again", ..] => Err("again takes EVENTS".to_owned()),
            ["live", ..] => Err("live takes PATH PRODUCERS EVENT_SIZE WORK_NS".to_owned()),
            ["stop", ..] => Err("stop takes nothing".to_owned()),
            _ => Err(format!("there is no command \"{line}\"")),
        }
    }
}

/// As JSON.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();

    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\0'..=' ' if character != ' ' => {
                let _ = write!(quoted, "\\u{:04x}", character as u32);
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

pub fn greeting(peer: &str, version: &str, language: &str, paths: &[&str]) -> String {
    format!(
        "{{\"peer\": {}, \"version\": {}, \"language\": {}, \"paths\": {}}}",
        quoted(peer),
        quoted(version),
        quoted(language),
        list(paths.iter().map(|path| quoted(path)))
    )
}

pub fn error(why: &str) -> String {
    format!("{{\"error\": {}}}", quoted(why))
}

pub const READY: &str = "{\"ready\": true}";

pub fn drained(drained: &Drained) -> String {
    let Drained { events, ns, checksum } = drained;

    format!("{{\"events\": {events}, \"ns\": {ns}, \"checksum\": \"{checksum}\"}}")
}

fn number_or_null(number: Option<u64>) -> String {
    number.map_or("null".to_owned(), |number| number.to_string())
}

pub fn consumed(consumer: &Consumer, cpu_ns: u64, waits: &Waits) -> String {
    let latency = consumer.latency();

    format!(
        "{{\"consumed\": {}, \"read\": {}, \"next\": {}, \"last_ns\": {}, \"cpu_ns\": {cpu_ns}, \
         \"sleeps\": {}, \"wakeups\": {}, \"latency\": {}, \"latency_max\": {}, \
         \"latency_min\": {}}}",
        consumer.consumed(),
        list(consumer.streams().iter().map(|stream| stream.read.to_string())),
        list(consumer.streams().iter().map(|stream| stream.next.to_string())),
        consumer.last_ns(),
        number_or_null(waits.sleeps),
        number_or_null(waits.wakeups),
        list(latency.counts().map(|(number, count)| format!("[{number}, {count}]"))),
        latency.max(),
        latency.min(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands() {
        assert_eq!(
            Command::parse("drain aya 1999999 SKB_FIELDS 5000000"),
            Ok(Command::Drain(Drain {
                path: "aya".to_owned(),
                events: 1_999_999,
                touching: "SKB_FIELDS".to_owned(),
                timeout_ns: 5_000_000,
            }))
        );
        assert_eq!(
            Command::parse("live libbpf-1.7 64 16 250"),
            Ok(Command::Live(Live {
                path: "libbpf-1.7".to_owned(),
                producers: 64,
                sizes: Sizes::One(16),
                work_ns: 250,
            }))
        );
        assert_eq!(Command::parse("stop"), Ok(Command::Stop));
        assert_eq!(Command::parse("again 7"), Ok(Command::Again(7)));
    }

    #[test]
    fn what_is_no_command_is_refused_with_the_reason() {
        for (line, why) in [
            ("", "there is no command \"\""),
            ("Drain aya 1 NONE 0", "there is no command"),
            ("stop ", "stop takes nothing"),
            ("drain aya 1 NONE", "drain takes PATH EVENTS TOUCHING TIMEOUT_NS"),
            ("drain  aya 1 NONE 0", "drain takes"),
            ("drain aya 1 NONE 0 ", "drain takes"),
            ("drain aya -1 NONE 0", "EVENTS has to be a number from 0 to 9223372036854775807"),
            ("drain aya +1 NONE 0", "and is \"+1\""),
            ("drain aya 1 NONE 5ms", "TIMEOUT_NS"),
            ("drain aya 18446744073709551616 NONE 0", "EVENTS"),
            ("live aya 1 64", "live takes PATH PRODUCERS EVENT_SIZE WORK_NS"),
            ("live aya 0 64 0", "PRODUCERS"),
            ("live aya 65537 64 0", "PRODUCERS"),
            ("again", "again takes EVENTS"),
            ("live aya 1 15 0", "EVENT_SIZE has to be a number from 16 to 65536"),
            ("live aya 1 random:/nowhere/at/all 0", "/nowhere/at/all: "),
            ("live aya 1 random:/dev/null 0", "/dev/null has no sizes"),
            ("live aya 1 random:/proc/version 0", "a size of the mix has to be"),
            ("live aya 1 65537 0", "EVENT_SIZE"),
            ("live aya 1 64 x", "WORK_NS"),
        ] {
            let error = Command::parse(line).expect_err(line);
            assert!(error.contains(why), "{line}: {error}");
        }
    }

    #[test]
    fn answers() {
        assert_eq!(
            greeting("aya", "0.14.0", "rust 1.95.0", &["a", "b"]),
            "{\"peer\": \"aya\", \"version\": \"0.14.0\", \"language\": \"rust 1.95.0\", \
             \"paths\": [\"a\", \"b\"]}"
        );
        assert_eq!(
            drained(&Drained { events: 2, ns: 3, checksum: u64::MAX }),
            "{\"events\": 2, \"ns\": 3, \"checksum\": \"18446744073709551615\"}"
        );
        let live = Live { path: String::new(), producers: 2, sizes: Sizes::One(16), work_ns: 0 };
        let mut consumer =
            Consumer::new(live, std::sync::Arc::new(crate::stop::Stop::new().unwrap()));
        consumer.handle(&[[0; 8], u64::MAX.to_le_bytes()].concat());
        assert_eq!(
            consumed(&consumer, 7, &Waits { sleeps: Some(8), wakeups: None }),
            "{\"consumed\": 1, \"read\": [1, 0], \"next\": [1, 0], \"last_ns\": 0, \
             \"cpu_ns\": 7, \"sleeps\": 8, \"wakeups\": null, \"latency\": [[0, 1]], \
             \"latency_max\": 0, \"latency_min\": 0}"
        );
    }

    #[test]
    fn an_error_is_one_line_whatever_it_quotes() {
        assert_eq!(
            error("no \"a\\b\"\nor\t\u{1} here: ü"),
            "{\"error\": \"no \\\"a\\\\b\\\"\\u000aor\\u0009\\u0001 here: ü\"}"
        );
    }
}

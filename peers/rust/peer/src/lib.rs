// SPDX-License-Identifier: BSD-2-Clause
//! What the peers in Rust share: the line protocol of peers/README.md, the work on each event, and
//! the checks of live ones. How events are read is each peer's own.

pub mod clock;
pub mod histogram;
pub mod live;
pub mod patience;
pub mod protocol;
pub mod serve;
pub mod stop;
pub mod touch;
pub mod work;

pub use serve::{Drained, Peer, Session, Waits, serve};

/// The compiler.
pub const RUST: &str = concat!("rust ", env!("PEER_RUST_VERSION"));

/// The version of a package in the text of a Cargo.lock: which is the one that was linked, as cargo
/// writes it before it builds.
pub fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);

    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_that_of_just_this_package() {
        let lock = "[[package]]\nname = \"aya-obj\"\nversion = \"0.3.0\"\n\n\
                    [[package]]\nname = \"aya\"\nversion = \"0.14.0\"\n";

        assert_eq!(locked_version(lock, "aya"), Some("0.14.0"));
        assert_eq!(locked_version(lock, "obj"), None);
    }
}

// SPDX-License-Identifier: BSD-2-Clause
//! Lets the peers say which compiler built them.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=RUSTC");
    let version = env::var_os("RUSTC")
        .and_then(|rustc| Command::new(rustc).arg("--version").output().ok())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .and_then(|line| line.split(' ').nth(1).map(str::to_owned))
        .unwrap_or_else(|| "of unknown version".to_owned());
    println!("cargo:rustc-env=PEER_RUST_VERSION={}", version.trim());
}

//! Words as a shell splits and quotes them, and running its command lines.

use std::process::Command;

use crate::Ui;

/// Splits text into words by the rules of a POSIX shell without expansions.
pub(crate) fn split(text: &[u8]) -> Result<Vec<Vec<u8>>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => words.extend(word.take()),
            b'\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match bytes.next() {
                        None => return Err("No closing quotation"),
                        Some(b'\'') => break,
                        Some(byte) => word.push(byte),
                    }
                }
            }
            b'"' => {
                let word = word.get_or_insert_default();
                loop {
                    match bytes.next() {
                        None => return Err("No closing quotation"),
                        Some(b'"') => break,
                        Some(b'\\') => match bytes.next() {
                            None => return Err("No escaped character"),
                            Some(byte @ (b'"' | b'\\')) => word.push(byte),
                            Some(byte) => word.extend_from_slice(&[b'\\', byte]),
                        },
                        Some(byte) => word.push(byte),
                    }
                }
            }
            b'\\' => match bytes.next() {
                None => return Err("No escaped character"),
                Some(byte) => word.get_or_insert_default().push(byte),
            },
            _ => word.get_or_insert_default().push(byte),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Quotes a word so that a shell reads it back as it is.
pub(crate) fn quote(word: &[u8]) -> Vec<u8> {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(b);
    if !word.is_empty() && word.iter().all(plain) {
        return word.to_vec();
    }
    let mut out = vec![b'\''];
    for &byte in word {
        if byte == b'\'' {
            out.extend_from_slice(b"'\\''");
        } else {
            out.push(byte);
        }
    }
    out.push(b'\'');
    out
}

/// Runs a shell command line with the terminal and returns its exit code (128 + signal).
pub(crate) fn system(ui: &Ui, command: &[u8], variables: &[(&str, Vec<u8>)]) -> i32 {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::process::ExitStatusExt as _;
    let mut process = Command::new("/bin/sh");
    process.arg("-c").arg(std::ffi::OsStr::from_bytes(command));
    let config = ui.config();
    if let Some(executable) = &config.environment().executable {
        process.env("HG", executable);
    }
    for (name, value) in variables {
        process.env(name, std::ffi::OsStr::from_bytes(value));
    }
    match ui.run_program(&mut process) {
        Ok(status) => status.code().unwrap_or_else(|| -status.signal().unwrap_or(1)),
        Err(_) => 127,
    }
}

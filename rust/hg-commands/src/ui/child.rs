//! Programs that this one starts: with its streams, or with what they print passed on.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitStatus, Stdio};

use super::Ui;

impl Ui {
    /// Runs a program with the streams of this run and waits for it. Where these are no descriptors (a
    /// command server's), or everything is collected, it has no input and all it prints becomes output.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn run_program(&self, process: &mut Command) -> std::io::Result<ExitStatus> {
        // What was said so far comes first, whoever writes next.
        self.flush();
        if !self.sink().streams().captured && !self.collects_errors() {
            return process.status();
        }
        let (reader, writer) = std::io::pipe()?;
        process.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
        let child = process.spawn();
        // The program's description would keep the pipe open.
        process.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = child?;
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).unwrap_or(0) > 0 {
            self.write(&line);
            self.flush();
            line.clear();
        }
        child.wait()
    }
}

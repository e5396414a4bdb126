//! The floor under every `status`: how long asking about files takes when nothing else is done.
//!
//! `lstat FILE`: FILE names one file a line, relative to the current directory. Two threads ask
//! about half of them each; the seconds that this took are printed.

use std::ffi::CString;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let list = std::env::args_os().nth(1).ok_or("usage: lstat FILE")?;
    let text = std::fs::read(list)?;
    let names: Vec<CString> = text
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(CString::new)
        .collect::<Result<_, _>>()?;
    let ask = |names: &[CString]| {
        names.iter().filter(|n| rustix::fs::lstat(n.as_c_str()).is_ok()).count()
    };
    let (first, second) = names.split_at(names.len() / 2);
    let start = Instant::now();
    let found = std::thread::scope(|scope| {
        let other = scope.spawn(|| ask(second));
        ask(first) + other.join().unwrap_or_default()
    });
    let seconds = start.elapsed().as_secs_f64();
    if found < names.len() {
        return Err(format!("{} files are not there", names.len() - found).into());
    }
    #[expect(clippy::print_stdout, reason = "the result of a program that does nothing else")]
    {
        println!("{seconds:.6}");
    }
    Ok(())
}

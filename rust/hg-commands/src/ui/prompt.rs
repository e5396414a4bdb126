//! Questions: `ui.interactive`, `ui.promptecho`, answers one letter long.

use bstr::ByteSlice as _;
use hg_types::{Error, ErrorKind, Result};

use super::messages::Destination;
use super::{Ui, UiMethod};

/// A question with its possible answers, written `Really (yn)?$$ &Yes $$ &No`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choices {
    /// The question.
    pub message: Vec<u8>,
    /// For each answer the letter, and its text without the mark.
    pub answers: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Choices {
    /// Takes a question with `$$ &Answer` parts apart.
    #[must_use]
    pub fn parse(text: &[u8]) -> Self {
        let mut parts = text.split_str("$$");
        let message = parts.next().unwrap_or_default().to_vec();
        let answers = parts
            .map(|part| {
                let part = part.trim_with(|c| c == ' ');
                let at = part.find_byte(b'&').unwrap_or(0);
                let letter = part.get(at + 1..at + 2).unwrap_or_default().to_ascii_lowercase();
                (letter, part.replacen("&", "", 1))
            })
            .collect();
        Self { message, answers }
    }
}

impl Ui {
    /// Asks for a line; `default` is the answer to an empty line and of a run without user.
    pub fn prompt(&self, message: impl AsRef<[u8]>, default: Option<&[u8]>) -> Result<Vec<u8>> {
        let message = message.as_ref();
        match self.replaced(UiMethod::Prompt) {
            Some(overrides) => overrides.prompt(message, default),
            None => self.ask(message, default, None),
        }
    }

    /// Asks for a line itself; `choices` are the answers that are known to fit.
    pub(super) fn ask(
        &self,
        message: &[u8],
        default: Option<&[u8]>,
        choices: Option<&[(Vec<u8>, Vec<u8>)]>,
    ) -> Result<Vec<u8>> {
        // Past whoever has replaced writing: a question is no output.
        let method = match self.destination() {
            Destination::Streams => UiMethod::Write,
            _ => UiMethod::WriteError,
        };
        let say = |text: &[u8], label: &str| self.show_plainly(method, text, label);
        let question = |text: &[u8]| {
            if !self.send_question(text, default, choices) {
                say(text, " ui.prompt");
            }
        };
        if !self.is_interactive() {
            question(&[message, b" "].concat());
            let answer = default.unwrap_or_default();
            let line = [answer, b"\n"].concat();
            if !self.send_answer(&line) {
                say(&line, " ui.promptecho");
            }
            return Ok(answer.to_vec());
        }
        question(message);
        self.write(b" ");
        let line = self.read_line()?;
        let answer = if line.is_empty() { default.unwrap_or_default().to_vec() } else { line };
        if self.config().get_bool("ui", "promptecho")? {
            let line = [&*answer, b"\n"].concat();
            if !self.send_answer(&line) {
                say(&line, " ui.promptecho");
            }
        }
        Ok(answer)
    }

    /// Asks a question with answers (see [`Choices`]) until one is given; returns its number.
    pub fn prompt_choice(&self, text: impl AsRef<[u8]>, default: usize) -> Result<usize> {
        let text = text.as_ref();
        match self.replaced(UiMethod::Choose) {
            Some(overrides) => overrides.choose(text, default),
            None => self.choose_plainly(text, default),
        }
    }

    /// The original of [`Ui::prompt_choice`]; its questions go through [`Ui::prompt`].
    ///
    /// # Errors
    /// When nobody answers.
    pub fn choose_plainly(&self, text: &[u8], default: usize) -> Result<usize> {
        let choices = Choices::parse(text);
        let default = choices.answers.get(default).map(|(letter, _)| letter.clone());
        loop {
            let message = &choices.message;
            let answer = match self.replaced(UiMethod::Prompt) {
                Some(overrides) => overrides.prompt(message, default.as_deref())?,
                None => self.ask(message, default.as_deref(), Some(&choices.answers))?,
            };
            let answer = answer.to_ascii_lowercase();
            let found = choices.answers.iter().position(|(letter, _)| *letter == answer);
            match found {
                Some(at) => return Ok(at),
                None => self.write("unrecognized response\n"),
            }
        }
    }

    /// Asks for a password; nothing without a user.
    pub fn password(&self, message: Option<&[u8]>) -> Result<Option<Vec<u8>>> {
        if !self.is_interactive() {
            return Ok(None);
        }
        self.write_error(message.unwrap_or(b"password: "), " ui.prompt");
        let line = self.read_line()?;
        Ok(Some(line))
    }

    /// Reads a line from the user.
    pub fn read_line(&self) -> Result<Vec<u8>> {
        self.flush();
        let mut line = Vec::new();
        let count = self.sink().input().read_until(b'\n', &mut line).unwrap_or(0);
        if count == 0 {
            return Err(Error::abort("response expected"));
        }
        Ok(line.trim_end_with(|c| c == '\n' || c == '\r').to_vec())
    }

    /// Reads everything from standard input.
    pub fn read_all(&self) -> Result<Vec<u8>> {
        self.flush();
        let mut data = Vec::new();
        match self.sink().input().read_to_end(&mut data) {
            Ok(_) => Ok(data),
            Err(error) => Err(Error::new(ErrorKind::Io, error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_questions_apart() {
        let choices = Choices::parse(b"really (Yn)?$$ &Yes $$ &No");
        assert_eq!(choices.message, b"really (Yn)?");
        let expected = vec![(b"y".to_vec(), b"Yes".to_vec()), (b"n".to_vec(), b"No".to_vec())];
        assert_eq!(choices.answers, expected);
    }
}

//! Where messages go (`ui.message-output`): with the output, to standard error, or in parts to a program.

use hg_config::Config;
use hg_types::{Error, Result};

use super::{Ui, UiMethod};
use crate::formatter::{Value, cbor};

/// The parts of a message by name, in the order of their names.
pub type Message = Vec<(&'static str, Value)>;

/// Takes messages in parts.
pub trait Messages: Send {
    /// Passes a message on.
    ///
    /// # Errors
    /// When nobody is there any more.
    fn send(&mut self, message: Message) -> std::io::Result<()>;
}

/// A message as CBOR: a map of its parts.
#[must_use]
pub fn encode_cbor(message: &Message) -> Vec<u8> {
    cbor::map(message)
}

/// What `ui.message-output` says.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Destination {
    /// To the streams that people read.
    #[default]
    Streams,
    /// To standard error, all of them.
    Errors,
    /// In parts to a program; to standard error when none listens.
    Program,
}

impl Destination {
    pub(super) fn of(config: &Config) -> Result<Self> {
        match config.get("ui", "message-output").unwrap_or(b"stdio") {
            b"stdio" => Ok(Self::Streams),
            b"stderr" => Ok(Self::Errors),
            b"channel" => Ok(Self::Program),
            other => {
                let parts = [b"invalid ui.message-output destination: ", other];
                Err(Error::abort(parts.concat()))
            }
        }
    }
}

/// Labels that only say of which kind a message is.
const KINDS: &[&str] =
    &["ui.status", "ui.note", "ui.debug", "ui.warning", "ui.error", "ui.prompt", "ui.promptecho"];

fn text(text: &[u8]) -> Value {
    Value::Bytes(text.to_vec())
}

impl Ui {
    /// Sends a message to the program that takes them; says whether there is one.
    pub(super) fn send_message(&self, method: UiMethod, data: &[u8], label: &str) -> bool {
        let kind = match method {
            UiMethod::Status => "status",
            UiMethod::Note => "note",
            UiMethod::Debug => "debug",
            UiMethod::Warn => "warning",
            UiMethod::Error => "error",
            _ => return false,
        };
        let mut message: Message = vec![("data", text(data))];
        let own: Vec<&str> = label.split(' ').filter(|word| !word.is_empty()).collect();
        let own: Vec<&str> = own.into_iter().filter(|word| !KINDS.contains(word)).collect();
        if !own.is_empty() {
            message.push(("label", text(own.join(" ").as_bytes())));
        }
        message.push(("type", text(kind.as_bytes())));
        self.sink().send(message)
    }

    /// Sends a question, with the answers that it has; says whether a program takes it.
    pub(super) fn send_question(
        &self,
        data: &[u8],
        default: Option<&[u8]>,
        choices: Option<&[(Vec<u8>, Vec<u8>)]>,
    ) -> bool {
        let mut message: Message = Vec::new();
        if let Some(choices) = choices {
            let pair = |(letter, words): &(Vec<u8>, Vec<u8>)| {
                Value::list(vec![text(letter), text(words)], "choice")
            };
            message.push(("choices", Value::list(choices.iter().map(pair), "choice")));
        }
        message.push(("data", text(data)));
        message.push(("default", default.map_or(Value::None, text)));
        message.push(("type", text(b"prompt")));
        self.destination() == Destination::Program && self.sink().send(message)
    }

    /// Sends the answer that was taken; says whether a program takes it.
    pub(super) fn send_answer(&self, answer: &[u8]) -> bool {
        let message = vec![("data", text(answer)), ("type", text(b"promptecho"))];
        self.destination() == Destination::Program && self.sink().send(message)
    }

    /// Sends where something long stands; says whether a program takes it.
    pub(super) fn send_progress(
        &self,
        topic: &str,
        position: Option<u64>,
        item: &[u8],
        unit: &str,
        total: Option<u64>,
    ) -> bool {
        if self.destination() != Destination::Program {
            return false;
        }
        let number = |number: Option<u64>| match number.map(i64::try_from) {
            Some(Ok(number)) => Value::Int(number),
            _ => Value::None,
        };
        // The end of a topic tells nothing else about it.
        let (item, unit) = if position.is_some() { (item, unit) } else { (&b""[..], "") };
        self.sink().send(vec![
            ("item", text(item)),
            ("pos", number(position)),
            ("topic", text(topic.as_bytes())),
            ("total", number(position.and(total))),
            ("type", text(b"progress")),
            ("unit", text(unit.as_bytes())),
        ])
    }
}

//! Progress bars on standard error, for terminals: `[progress]` with `delay`, `changedelay`, `refresh`,
//! `format`, `width`, `clear-complete`, `assume-tty`, `disable`.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::Ui;

/// The running topics.
#[derive(Default)]
pub(super) struct Bars {
    settings: Option<Settings>,
    /// Innermost last.
    topics: Vec<Topic>,
    last_shown: Option<Instant>,
    last_topic: Vec<u8>,
    visible: bool,
    /// How often a bar without end was drawn.
    wandered: u64,
}

struct Topic {
    name: String,
    started: Instant,
    start_position: u64,
}

/// What the configuration says, read once.
struct Settings {
    enabled: bool,
    delay: Duration,
    change_delay: Duration,
    refresh: Duration,
    clear: bool,
    width: usize,
    format: Vec<String>,
}

/// Where a topic stands.
struct Step<'a> {
    topic: &'a str,
    position: u64,
    item: &'a [u8],
    unit: &'a str,
    total: Option<u64>,
}

impl Ui {
    pub(super) fn show_progress(
        &self,
        topic: &str,
        position: Option<u64>,
        item: &[u8],
        unit: &str,
        total: Option<u64>,
    ) {
        let mut bars = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if bars.settings.is_none() {
            bars.settings = Some(self.progress_settings());
        }
        if !bars.settings.as_ref().is_some_and(|settings| settings.enabled) {
            return;
        }
        let Some(position) = position else {
            let done = bars.finish(topic);
            self.put(&done);
            return;
        };
        let step = Step { topic, position, item, unit, total };
        let line = bars.step(&step, Instant::now());
        self.put(&line);
    }

    /// Takes the bar off the screen before other output.
    pub(super) fn clear_progress(&self) {
        // A thread that shows a bar right now does not wait for us, nor we for it.
        let Ok(mut bars) = self.progress.try_lock() else { return };
        if bars.visible {
            let blank = bars.blank();
            self.put(&blank);
        }
    }

    fn put(&self, text: &[u8]) {
        if !text.is_empty() {
            self.sink().write_progress(text);
        }
    }

    fn progress_settings(&self) -> Settings {
        let config = self.config();
        let env = config.environment();
        let terminal = self.sink().streams().errors_is_terminal
            || config.get_bool("progress", "assume-tty").unwrap_or(false);
        let enabled = terminal
            && !self.is_quiet()
            && !self.is_debug()
            && !env.plain().covers("progress")
            && !config.get_bool("progress", "disable").unwrap_or(false)
            && !config.get_bool("progress", "debug").unwrap_or(false);
        let seconds = |name: &str, default: f64| {
            let value = config.find_float("progress", name).ok().flatten().unwrap_or(default);
            Duration::try_from_secs_f64(value).unwrap_or(Duration::MAX)
        };
        let columns = self.terminal_width();
        let wanted = config.find_int("progress", "width").ok().flatten();
        let wanted = wanted.and_then(|width| usize::try_from(width).ok()).unwrap_or(columns);
        Settings {
            enabled,
            delay: seconds("delay", 3.0),
            change_delay: seconds("changedelay", 1.0),
            refresh: seconds("refresh", 0.1),
            clear: config.get_bool_or("progress", "clear-complete", true).unwrap_or(true),
            width: columns.min(wanted),
            format: config
                .get_list("progress", "format")
                .into_iter()
                .map(|word| String::from_utf8_lossy(&word).into_owned())
                .collect(),
        }
    }
}

impl Bars {
    fn width(&self) -> usize {
        self.settings.as_ref().map_or(0, |settings| settings.width)
    }

    /// The text that empties the line.
    fn blank(&mut self) -> Vec<u8> {
        self.visible = false;
        let mut out = vec![b'\r'];
        out.extend(std::iter::repeat_n(b' ', self.width()));
        out.push(b'\r');
        out
    }

    /// Ends a topic and those inside it.
    fn finish(&mut self, topic: &str) -> Vec<u8> {
        if let Some(at) = self.topics.iter().position(|running| running.name == topic) {
            self.topics.truncate(at);
        }
        if !self.topics.is_empty() {
            return Vec::new();
        }
        // The next topic need not wait as if it came in the middle of this one.
        self.last_shown = None;
        if !self.visible {
            return Vec::new();
        }
        self.last_topic.clear();
        if self.settings.as_ref().is_some_and(|settings| settings.clear) {
            return self.blank();
        }
        self.visible = false;
        b"\n".to_vec()
    }

    /// Notes a step; the result is what to show, if it is time to show something.
    fn step(&mut self, step: &Step<'_>, now: Instant) -> Vec<u8> {
        match self.topics.iter().position(|running| running.name == step.topic) {
            Some(_) => {}
            None => self.topics.push(Topic {
                name: step.topic.to_owned(),
                started: now,
                start_position: step.position,
            }),
        }
        let Some(settings) = &self.settings else { return Vec::new() };
        let Some(outermost) = self.topics.first() else { return Vec::new() };
        let innermost = self.topics.last().is_some_and(|topic| topic.name == step.topic);
        let due = match self.last_shown {
            None => now.duration_since(outermost.started) >= settings.delay.max(settings.refresh),
            Some(last) => {
                let changed = self.last_topic != step.topic.as_bytes();
                let wait = if changed { settings.change_delay } else { settings.refresh };
                now.duration_since(last) >= wait
                    && now.duration_since(outermost.started) >= settings.delay
            }
        };
        if !due || !innermost {
            return Vec::new();
        }
        let endless = step.total.is_none_or(|total| step.position > total);
        self.wandered += u64::from(endless);
        let line = self.line(step, now);
        self.last_shown = Some(now);
        self.last_topic = step.topic.as_bytes().to_vec();
        self.visible = true;
        [b"\r", line.as_bytes()].concat()
    }

    fn line(&self, step: &Step<'_>, now: Instant) -> String {
        let Some(settings) = &self.settings else { return String::new() };
        let mut before: Vec<String> = Vec::new();
        let mut after: Vec<String> = Vec::new();
        let mut bar = false;
        for word in &settings.format {
            if word == "bar" {
                bar = true;
                continue;
            }
            let text = self.part(word, step, now);
            if text.is_empty() {
                continue;
            }
            if bar { after.push(text) } else { before.push(text) }
        }
        let (head, tail) = (before.join(" "), after.join(" "));
        if !bar {
            return head;
        }
        let around = head.chars().count() + tail.chars().count();
        let gaps = usize::from(!head.is_empty()) + usize::from(!tail.is_empty());
        let room = settings.width.saturating_sub(around + gaps + 3);
        let mut out = head;
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&draw(room, step.position, step.total, self.wandered));
        if !tail.is_empty() {
            out.push(' ');
            out.push_str(&tail);
        }
        out
    }

    fn part(&self, word: &str, step: &Step<'_>, now: Instant) -> String {
        match word {
            "topic" => step.topic.to_owned(),
            "number" => match step.total {
                Some(total) => {
                    let total = total.to_string();
                    format!("{:>width$}/{total}", step.position, width = total.len())
                }
                None => step.position.to_string(),
            },
            "unit" => step.unit.to_owned(),
            "estimate" => self.estimate(step, now).unwrap_or_default(),
            "speed" => self.speed(step, now).unwrap_or_default(),
            _ => item(word, step.item),
        }
    }

    fn progress_since_start(&self, step: &Step<'_>, now: Instant) -> Option<(f64, f64)> {
        let topic = self.topics.iter().find(|topic| topic.name == step.topic)?;
        let elapsed = now.duration_since(topic.started).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let done = step.position.checked_sub(topic.start_position)? as f64;
        (done > 0.0 && elapsed > 0.0).then_some((done, elapsed))
    }

    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    #[expect(clippy::cast_possible_truncation, reason = "an estimate")]
    #[expect(clippy::cast_sign_loss, reason = "an estimate")]
    fn estimate(&self, step: &Step<'_>, now: Instant) -> Option<String> {
        let (done, elapsed) = self.progress_since_start(step, now)?;
        let left = step.total?.checked_sub(step.position)? as f64;
        let seconds = (left * elapsed / done).ceil() as u64;
        Some(duration(seconds))
    }

    #[expect(clippy::cast_possible_truncation, reason = "an estimate")]
    #[expect(clippy::cast_sign_loss, reason = "an estimate")]
    fn speed(&self, step: &Step<'_>, now: Instant) -> Option<String> {
        let (done, elapsed) = self.progress_since_start(step, now)?;
        Some(format!("{} {}/sec", (done / elapsed) as u64, step.unit))
    }
}

/// The bar between its brackets, `room` columns wide.
fn draw(room: usize, position: u64, total: Option<u64>, wandered: u64) -> String {
    let filled = match total {
        Some(total) if total > 0 && position <= total => {
            let done = u128::from(position) * room as u128 / u128::from(total);
            let done = usize::try_from(done).unwrap_or(room).min(room);
            match done {
                0 => String::new(),
                _ => format!("{}>", "=".repeat(done - 1)),
            }
        }
        Some(0) if position == 0 => String::new(),
        _ => {
            // Without end a mark wanders from side to side.
            let span = room.saturating_sub(3).max(1);
            let at = usize::try_from(wandered % (2 * span as u64)).unwrap_or(0);
            let at = if at > span { 2 * span - at } else { at };
            format!("{}<=>", " ".repeat(at))
        }
    };
    format!("[{filled:<room$}]")
}

/// `item`, `item+20` (the first 20 columns), `item-20` (the last ones).
fn item(word: &str, item: &[u8]) -> String {
    let text = String::from_utf8_lossy(item).into_owned();
    let Some(rest) = word.strip_prefix("item") else { return String::new() };
    let (from_end, digits) = match rest.split_at_checked(1) {
        Some(("-", digits)) => (true, digits),
        Some(("+", digits)) => (false, digits),
        _ => (false, ""),
    };
    let width = digits.parse().unwrap_or(20);
    let count = text.chars().count();
    let shown: String = if from_end {
        text.chars().skip(count.saturating_sub(width)).collect()
    } else {
        text.chars().take(width).collect()
    };
    format!("{shown:<width$}")
}

/// `05s`, `1m05s`, `2h05m`, `3d04h`, `2w03d`, `1y10w`.
fn duration(seconds: u64) -> String {
    let steps = [(60, "m", "s"), (60, "h", "m"), (24, "d", "h"), (7, "w", "d"), (52, "y", "w")];
    if seconds < 60 {
        return format!("{seconds:02}s");
    }
    let mut value = seconds;
    let mut below = 0;
    for (at, (size, unit, small)) in steps.iter().enumerate() {
        below = value % size;
        value /= size;
        let next = steps.get(at + 1).map_or(u64::MAX, |(size, _, _)| *size);
        if value < next {
            return format!("{value}{unit}{below:02}{small}");
        }
    }
    format!("{value}y{below:02}w")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars() {
        assert_eq!(draw(9, 0, Some(3), 0), "[         ]");
        assert_eq!(draw(9, 1, Some(3), 0), "[==>      ]");
        assert_eq!(draw(9, 2, Some(3), 0), "[=====>   ]");
        assert_eq!(draw(9, 3, Some(3), 0), "[========>]");
        assert_eq!(draw(9, 4, Some(3), 1), "[ <=>     ]");
        assert_eq!(draw(9, 10, None, 11), "[ <=>     ]");
        assert_eq!(draw(9, 11, None, 12), "[<=>      ]");
    }

    #[test]
    fn durations() {
        assert_eq!(duration(5), "05s");
        assert_eq!(duration(65), "1m05s");
        assert_eq!(duration(7500), "2h05m");
        assert_eq!(duration(100_000), "1d03h");
    }

    #[test]
    fn items_are_cut() {
        assert_eq!(item("item-2", b"loop 3"), " 3");
        assert_eq!(item("item+4", b"loop 3"), "loop");
    }
}

//! Counts, rates, bytes, percents, durations, and values with a UCUM unit.

const SPACE: char = '\u{a0}';

/// Every digit: `1,234,567`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Three figures and a magnitude: `3.4 M`, `812`, `0.25`.
pub(crate) fn count_short(number: f64) -> String {
    scaled(number, 1000.0, &["", "k", "M", "G", "T", "P"])
}

/// `12.4/s`; below one a second by the minute or hour, so that a rare call is not `0.00/s`.
pub(crate) fn rate(per_second: f64) -> String {
    if per_second == 0.0 {
        return "0/s".to_owned();
    }
    match per_second {
        rate if rate >= 0.1 => format!("{}/s", count_short(rate)),
        rate if rate * 60.0 >= 0.1 => format!("{}/min", count_short(rate * 60.0)),
        rate => format!("{}/h", count_short(rate * 3600.0)),
    }
}

/// `1.2 MB`, powers of 1000.
pub(crate) fn bytes(number: u64) -> String {
    scaled(number as f64, 1000.0, &["B", "kB", "MB", "GB", "TB", "PB"])
}

/// A number that is already a percentage: `0.12 %`.
pub(crate) fn percent(percent: f64) -> String {
    let text = match percent.abs() {
        0.0 => "0".to_owned(),
        size if size < 0.01 => "< 0.01".to_owned(),
        size if size < 1.0 => trimmed(percent, 2),
        size if size < 10.0 => trimmed(percent, 1),
        _ => format!("{percent:.0}"),
    };
    format!("{text}{SPACE}%")
}

/// Part of a whole as a percentage; a dash where there is no whole.
pub(crate) fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { percent(part as f64 * 100.0 / whole as f64) }
}

/// Nanoseconds: `840 ns`, `12.3 ms`, `1.24 s`, `2 min 5 s`, `3 h 12 min`.
pub(crate) fn duration(nanos: f64) -> String {
    let size = nanos.abs();
    if size < 1e3 {
        return format!("{nanos:.0}{SPACE}ns");
    }
    if size < 999.5e3 {
        return format!("{}{SPACE}µs", figures(nanos / 1e3));
    }
    if size < 999.5e6 {
        return format!("{}{SPACE}ms", figures(nanos / 1e6));
    }
    if size < 59.95e9 {
        return format!("{}{SPACE}s", figures(nanos / 1e9));
    }
    let seconds = (size / 1e9).round() as u64;
    let (large, large_unit, small, small_unit) = match seconds {
        ..3_600 => (seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => (seconds / 3_600, "h", seconds / 60 % 60, "min"),
        _ => (seconds / 86_400, "d", seconds / 3_600 % 24, "h"),
    };
    let sign = if nanos < 0.0 { "-" } else { "" };
    let rest = if small == 0 { String::new() } else { format!("{SPACE}{small}{SPACE}{small_unit}") };
    format!("{sign}{large}{SPACE}{large_unit}{rest}")
}

/// A value in a UCUM unit, as metrics have it: times and bytes are brought to a readable magnitude.
pub(crate) fn with_unit(value: f64, unit: &str) -> String {
    match unit {
        "ns" => duration(value),
        "us" => duration(value * 1e3),
        "ms" => duration(value * 1e6),
        "s" => duration(value * 1e9),
        "min" => duration(value * 60e9),
        "h" => duration(value * 3600e9),
        "By" => scaled(value, 1000.0, &["B", "kB", "MB", "GB", "TB", "PB"]),
        "KiBy" => scaled(value * 1024.0, 1000.0, &["B", "kB", "MB", "GB", "TB", "PB"]),
        "MiBy" => scaled(value * 1_048_576.0, 1000.0, &["B", "kB", "MB", "GB", "TB", "PB"]),
        "By/s" => format!("{}/s", scaled(value, 1000.0, &["B", "kB", "MB", "GB", "TB", "PB"])),
        "%" => percent(value),
        "" | "1" => count_short(value),
        "1/s" | "/s" => format!("{}/s", count_short(value)),
        // `{request}` is an annotation: a count of something.
        annotation if annotation.starts_with('{') => count_short(value),
        other => format!("{}{SPACE}{other}", count_short(value)),
    }
}

fn scaled(number: f64, step: f64, units: &[&str]) -> String {
    let mut size = number;
    let mut at = 0;
    while size.abs() >= step * 0.9995 && at + 1 < units.len() {
        size /= step;
        at += 1;
    }
    let text = if at == 0 && size.fract() == 0.0 { format!("{size:.0}") } else { figures(size) };
    if units[at].is_empty() { text } else { format!("{text}{SPACE}{}", units[at]) }
}

/// Three significant figures without trailing zeros.
fn figures(number: f64) -> String {
    let size = number.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    let decimals = match size {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        size if size >= 0.01 => 2,
        size => (-size.log10()).ceil().clamp(3.0, 9.0) as usize + 1,
    };
    trimmed(number, decimals)
}

fn trimmed(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

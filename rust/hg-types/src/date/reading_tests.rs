use super::*;

/// Wed Dec 6 13:18:29 2006 UTC.
const NOW: FixedClock = FixedClock(HgDate::new(1_165_411_109, 0));

fn parse(text: &str) -> String {
    match parse_date(text.as_bytes(), &NOW) {
        Ok(date) => format!("{} {}", date.seconds, date.offset),
        Err(error) => error.to_string(),
    }
}

#[test]
fn documented_forms() {
    assert_eq!(parse("Wed Dec 6 13:18:29 2006"), "1165411109 0");
    assert_eq!(parse("Dec 6 13:18 -0600"), "1165432680 21600");
    assert_eq!(parse("Dec 6 13:18 UTC"), "1165411080 0");
    assert_eq!(parse("Dec 6"), "1165363200 0");
    assert_eq!(parse("3:39pm"), "1165419540 0");
    assert_eq!(parse("2006-12-6 13:18"), "1165411080 0");
    assert_eq!(parse("12-6"), "1165363200 0");
    assert_eq!(parse("12/6/06"), "1165363200 0");
    assert_eq!(parse("today"), "1165363200 0");
    assert_eq!(parse("yesterday"), "1165276800 0");
    assert_eq!(parse("now"), "1165411109 0");
    assert_eq!(parse("1165411109 -3600"), "1165411109 -3600");
    assert_eq!(parse("2016-07-27T121021Z"), "1469621421 0");
    assert_eq!(parse("2006-1-2 345"), "1136171045 0");
    assert_eq!(parse("2006-12-06+01:00"), "1165359600 -3600");
    assert_eq!(parse(""), "0 0");
}

#[test]
fn refusals() {
    assert_eq!(parse("2006-02-30"), "invalid date: '2006-02-30'");
    assert_eq!(parse("should fail"), "invalid date: 'should fail'");
    assert_eq!(parse("2040-1-1"), "date exceeds 32 bits: 2208988800");
    assert_eq!(parse("100000 1400000"), "impossible time zone offset: 1400000");
    assert_eq!(parse("13:18 +01:00"), "invalid date: '13:18 +01:00'");
    assert_eq!(parse("2006-12"), "invalid date: '2006-12'");
}

#[test]
fn ranges() {
    let range =
        |text: &str| DateRange::parse(text.as_bytes(), &NOW).map(|range| (range.from, range.to));
    assert_eq!(range("2006").expect("range"), (Some(1_136_073_600), Some(1_167_609_599)));
    assert_eq!(range("Feb 2006").expect("range"), (Some(1_138_752_000), Some(1_141_171_199)));
    assert_eq!(range("<2006-2").expect("range"), (None, Some(1_141_171_199)));
    assert_eq!(range(" > 02/01 ").expect("range"), (Some(1_138_752_000), None));
    assert_eq!(range("-1").expect("range"), (Some(1_165_324_709), None));
    assert!(range("--2").is_err());
    assert!(range(" ").is_err());
}

//! Points in time.

use std::fmt;
use std::str::FromStr;

use super::Date;

/// A point in time, held as microseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// ```
/// use cpcfit::Timestamp;
/// let evening: Timestamp = "2012-02-29T21:30:00+08:00".parse()?;
/// assert_eq!(evening.to_string(), "2012-02-29T13:30:00Z");
/// assert_eq!(evening.date(480).map(|date| date.to_string()).as_deref(), Some("2012-02-29"));
/// assert_eq!(evening.minute_of_day(480), 21 * 60 + 30);
/// # Ok::<(), cpcfit::column::TimestampError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    micros: i64,
}

/// A text that is not a point in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "invalid timestamp (got `{found}`): expected YYYY-MM-DDThh:mm:ss with `Z` or an offset such as `+08:00`"
)]
pub struct TimestampError {
    found: String,
}

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
const MINUTE: i64 = 60 * SECOND;
/// Microseconds in a day.
const DAY: i64 = 24 * 60 * MINUTE;

impl Timestamp {
    /// The point `micros` microseconds after 1970-01-01T00:00:00Z.
    pub fn from_micros(micros: i64) -> Self {
        Self { micros }
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn micros(self) -> i64 {
        self.micros
    }

    /// The first moment of a date where clocks are `offset` minutes ahead of UTC; `None` beyond what timestamps hold.
    pub fn from_date(date: Date, offset: i32) -> Option<Self> {
        let micros = i64::from(date.days()).checked_mul(DAY)?;
        Some(Self { micros: micros.checked_sub(i64::from(offset).checked_mul(MINUTE)?)? })
    }

    /// The date where clocks are `offset` minutes ahead of UTC; `None` beyond what dates hold.
    pub fn date(self, offset: i32) -> Option<Date> {
        i32::try_from(self.local(offset).0).ok().map(Date::from_days)
    }

    /// The microsecond of the day, from 0, where clocks are `offset` minutes ahead of UTC.
    pub fn micro_of_day(self, offset: i32) -> i64 {
        self.local(offset).1
    }

    /// The minute of the day, from 0 to 1439, where clocks are `offset` minutes ahead of UTC.
    pub fn minute_of_day(self, offset: i32) -> u32 {
        u32::try_from(self.micro_of_day(offset) / MINUTE).unwrap_or_default()
    }

    /// Day and microsecond of the day where clocks are `offset` minutes ahead of UTC. The offset is added to the time of
    /// day, which has room for it, whatever the moment.
    #[inline]
    fn local(self, offset: i32) -> (i64, i64) {
        let of_day = self.micros.rem_euclid(DAY) + i64::from(offset) * MINUTE;
        (self.micros.div_euclid(DAY) + of_day.div_euclid(DAY), of_day.rem_euclid(DAY))
    }

    /// Reads the form of RFC 3339, such as `2012-02-29T21:30:00+08:00`: years 0001 to 9999, digits after the second as
    /// many as wanted and cut to microseconds, `Z` or an offset up to 23:59. There is no second 60.
    ///
    /// # Errors
    /// On any other form, and on a moment that does not exist.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        Self::read(text).ok_or_else(|| TimestampError { found: text.to_owned() })
    }

    fn read(text: &str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let date = Date::parse(date).ok()?;
        let rest = rest.strip_prefix(['T', 't', ' '])?;
        let (clock, rest) = rest.split_at_checked(8)?;
        let of_day = match clock.as_bytes() {
            [h0, h1, b':', m0, m1, b':', s0, s1] => {
                let (hour, minute) = (two(*h0, *h1, 24)?, two(*m0, *m1, 60)?);
                (hour * 60 + minute) * MINUTE + two(*s0, *s1, 60)? * SECOND
            }
            _ => return None,
        };
        let (fraction, zone) = match rest.strip_prefix('.') {
            Some(rest) => {
                let end = rest.find(|character: char| !character.is_ascii_digit())?;
                let (digits, zone) = rest.split_at_checked(end)?;
                (micros_of(digits)?, zone)
            }
            None => (0, rest),
        };
        let offset = match zone.as_bytes() {
            b"Z" | b"z" => 0,
            [sign @ (b'+' | b'-'), h0, h1, b':', m0, m1] => {
                let minutes = two(*h0, *h1, 24)? * 60 + two(*m0, *m1, 60)?;
                if *sign == b'-' { -minutes } else { minutes }
            }
            _ => return None,
        };
        Some(Self { micros: i64::from(date.days()) * DAY + of_day + fraction - offset * MINUTE })
    }
}

/// A number of two digits below a limit.
fn two(tens: u8, units: u8, limit: i64) -> Option<i64> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
    Some(digit(tens)? * 10 + digit(units)?).filter(|number| *number < limit)
}

/// Digits after the point as microseconds, those beyond the sixth cut.
fn micros_of(digits: &str) -> Option<i64> {
    let shown = digits.get(..6).unwrap_or(digits);
    let number: i64 = shown.parse().ok()?;
    (shown.len()..6).try_fold(number, |number, _| number.checked_mul(10))
}

/// In UTC, with as many digits after the second as it takes.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = Date::from_days(i32::try_from(self.micros.div_euclid(DAY)).unwrap_or_default());
        let of_day = self.micros.rem_euclid(DAY);
        let (minutes, micros) = (of_day / MINUTE, of_day % MINUTE);
        let (hour, minute, second) = (minutes / 60, minutes % 60, micros / SECOND);
        let fraction = match micros % SECOND {
            0 => String::new(),
            micros => format!(".{micros:06}").trim_end_matches('0').to_owned(),
        };
        f.pad(&format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}Z"))
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_moment_has_one_form_whatever_the_offset() {
        for text in ["2012-03-01T00:30:00+08:00", "2012-02-29T16:30:00Z", "2012-02-29 13:00:00.000-03:30"] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), "2012-02-29T16:30:00Z", "{text}");
        }
        let cut = Timestamp::parse("1969-12-31T23:59:59.1234567Z").unwrap();
        assert_eq!((cut.to_string().as_str(), cut.micros()), ("1969-12-31T23:59:59.123456Z", -876_544));
    }

    #[test]
    fn the_day_and_the_minute_depend_on_the_offset() {
        let late = Timestamp::parse("2012-02-29T23:10:00Z").unwrap();
        for (offset, date, minute) in
            [(0, "2012-02-29", 1390), (480, "2012-03-01", 430), (-600, "2012-02-29", 790)]
        {
            assert_eq!(late.date(offset).unwrap().to_string(), date);
            assert_eq!(late.minute_of_day(offset), minute);
        }
        let midnight = Timestamp::from_date("2012-03-01".parse().unwrap(), 480).unwrap();
        assert_eq!(midnight.to_string(), "2012-02-29T16:00:00Z");
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2012-02-29",
            "2012-02-29T12:00Z",
            "2012-02-29T12:00:00",
            "2012-02-30T12:00:00Z",
            "2012-02-29T24:00:00Z",
            "2012-02-29T12:60:00Z",
            "2012-02-29T12:00:60Z",
            "2012-02-29T12:00:00.Z",
            "2012-02-29T12:00:00.5",
            "2012-02-29T12:00:00+8:00",
            "2012-02-29T12:00:00+24:00",
            "2012-02-29T12:00:0é",
            "2012-02-29T12:00:00ZZ",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_and_back_is_the_same(micros in -62_135_596_800_000_000_i64..253_402_300_800_000_000) {
            let timestamp = Timestamp::from_micros(micros);
            prop_assert_eq!(Timestamp::parse(&timestamp.to_string()), Ok(timestamp));
        }
    }
}

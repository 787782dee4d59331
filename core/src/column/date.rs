//! Calendar dates: days of the proleptic Gregorian calendar.

use std::fmt;
use std::str::FromStr;

/// A date, held as days since 1970-01-01.
///
/// ```
/// use cpcfit::Date;
/// let date: Date = "2012-02-29".parse()?;
/// assert_eq!(date.to_ymd(), (2012, 2, 29));
/// assert_eq!(date.to_string(), "2012-02-29");
/// # Ok::<(), cpcfit::column::DateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    days: i32,
}

/// A text that is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid date (got `{found}`): expected YYYY-MM-DD, a day that exists")]
pub struct DateError {
    found: String,
}

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;
/// Days in 400 years.
const ERA: i64 = 146_097;

impl Date {
    /// The date `days` after 1970-01-01.
    pub fn from_days(days: i32) -> Self {
        Self { days }
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i32 {
        self.days
    }

    /// The date of a year from 1 to 9999, a month from 1 and a day from 1; `None` where no such day exists.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        // Years that begin in March put the leap day last (H. Hinnant, "chrono-compatible low-level date
        // algorithms", 2013).
        let from_march = (i64::from(month) + 9) % 12;
        let year_of_march = i64::from(year) - i64::from(month <= 2);
        let (era, year_of_era) = (year_of_march.div_euclid(400), year_of_march.rem_euclid(400));
        let day_of_year = (153 * from_march + 2) / 5 + i64::from(day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let date = Self { days: i32::try_from(era * ERA + day_of_era - EPOCH).ok()? };
        // A day that the month does not have comes back as one of the next month.
        (date.to_ymd() == (year, month, day)).then_some(date)
    }

    /// Year, month from 1, day from 1.
    pub fn to_ymd(self) -> (i32, u32, u32) {
        let shifted = i64::from(self.days) + EPOCH;
        let (era, day_of_era) = (shifted.div_euclid(ERA), shifted.rem_euclid(ERA));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = (from_march + 2) % 12 + 1;
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        // All three fit: 2^31 days are less than six million years.
        (
            i32::try_from(year).unwrap_or_default(),
            u32::try_from(month).unwrap_or_default(),
            u32::try_from(day).unwrap_or_default(),
        )
    }

    /// Reads `YYYY-MM-DD`, years 0001 to 9999.
    ///
    /// # Errors
    /// On any other form, and on a day that does not exist.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        Self::read(text.as_bytes()).ok_or_else(|| DateError { found: text.to_owned() })
    }

    fn read(text: &[u8]) -> Option<Self> {
        let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text else { return None };
        let year = i32::try_from(number(&[y0, y1, y2, y3])?).ok()?;
        Self::from_ymd(year, number(&[m0, m1])?, number(&[d0, d1])?)
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(*digit - b'0')))
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.to_ymd();
        f.pad(&format!("{year:04}-{month:02}-{day:02}"))
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        Self::parse(text)
    }
}

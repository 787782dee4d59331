//! Random columns in every layout that a field takes, owned so that batches can borrow them.

use crate::column::{
    Bits, BoolColumn, Codes, Column, DecimalColumn, TextColumn, TimeUnit, TimestampColumn, Values,
};

/// A generator of numbers that is the same everywhere (`SplitMix64`, Steele et al. 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn list<T>(&mut self, rows: usize, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..rows).map(|_| one(self)).collect()
    }
}

/// A column with its buffers.
pub(crate) struct Owned {
    store: Store,
    validity: Option<Vec<u8>>,
    rows: usize,
}

enum Store {
    F64(Vec<f64>),
    F32(Vec<f32>),
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
    Decimal(Vec<i128>, i8),
    Bool(Vec<u8>),
    Date(Vec<i32>),
    Time(Vec<i64>, TimeUnit),
    Utf8(Vec<i32>, Vec<u8>),
    LargeUtf8(Vec<i64>, Vec<u8>),
    Views(Vec<[u8; 16]>, Vec<u8>),
    Narrow(Vec<i8>, Box<Owned>),
    Wide(Vec<u32>, Box<Owned>),
    Strs(Vec<Option<&'static str>>),
    Null,
}

const TEXTS: [&str; 9] =
    ["gz", "sz", "20", "7", "-3", "007", "", "a name of more than twelve bytes", "另一个城市"];

impl Owned {
    /// A column that a field of the type takes.
    pub(crate) fn new(word: &str, rows: usize, random: &mut Random) -> Self {
        let validity = random.pick(&[None, Some(2), Some(9)]);
        let bits = |random: &mut Random, one_in: usize| -> Vec<u8> {
            random.list(rows / 8 + 1, |random| {
                (0..8).fold(0, |byte, bit| byte | u8::from(random.below(one_in) > 0) << bit)
            })
        };
        let store = match word {
            "number" => {
                numbers(rows, random, &[-1.0, 0.0, -0.0, 0.5, 1.0, 2.0, 17.0, 18.0, 60.0, 0.1, f64::NAN])
            }
            "integer" => {
                numbers(rows, random, &[-2.0, 0.0, 1.0, 2.0, 7.0, 18.0, 9e18, -9.3e18, 1.5, f64::NAN])
            }
            "money" => numbers(rows, random, &[0.0, 0.29, 38.0, -0.01, 0.125, 0.135, 1.27, f64::NAN]),
            "string" => texts(rows, random),
            "boolean" => Store::Bool(bits(random, 2)),
            "timestamp" => moments(rows, random),
            _ if random.below(3) == 0 => moments(rows, random),
            _ => {
                Store::Date(random.list(rows, |random| random.pick(&[14_974, 14_975, 15_340, i32::MIN, -1])))
            }
        };
        let store = if random.below(20) == 0 { Store::Null } else { store };
        Self { store, validity: validity.map(|one_in| bits(random, one_in)), rows }
    }

    pub(crate) fn column(&self) -> Column<'_> {
        let validity = self.validity.as_ref().map(|bytes| Bits::new(bytes, 0, self.rows).unwrap());
        match &self.store {
            Store::F64(values) => Values::new(values, validity).unwrap().into(),
            Store::F32(values) => Values::new(values, validity).unwrap().into(),
            Store::I8(values) => Values::new(values, validity).unwrap().into(),
            Store::I16(values) => Values::new(values, validity).unwrap().into(),
            Store::I32(values) => Values::new(values, validity).unwrap().into(),
            Store::I64(values) => Values::new(values, validity).unwrap().into(),
            Store::U8(values) => Values::new(values, validity).unwrap().into(),
            Store::U16(values) => Values::new(values, validity).unwrap().into(),
            Store::U32(values) => Values::new(values, validity).unwrap().into(),
            Store::U64(values) => Values::new(values, validity).unwrap().into(),
            Store::Decimal(values, scale) => {
                DecimalColumn::new(Values::new(values, validity).unwrap(), *scale).unwrap().into()
            }
            Store::Bool(bytes) => {
                BoolColumn::new(Bits::new(bytes, 0, self.rows).unwrap(), validity).unwrap().into()
            }
            Store::Date(values) => Column::Date32(Values::new(values, validity).unwrap()),
            Store::Time(counts, unit) => {
                TimestampColumn::new(Values::new(counts, validity).unwrap(), *unit).into()
            }
            Store::Null => Column::Null(self.rows),
            _ => self.text(validity).into(),
        }
    }

    fn text<'a>(&'a self, validity: Option<Bits<'a>>) -> TextColumn<'a> {
        let inner = |owned: &'a Owned| owned.text(None);
        match &self.store {
            Store::Utf8(offsets, data) => TextColumn::utf8(offsets, data, validity),
            Store::LargeUtf8(offsets, data) => TextColumn::large_utf8(offsets, data, validity),
            Store::Views(views, data) => TextColumn::utf8_view(views, vec![data], validity),
            Store::Narrow(codes, values) => TextColumn::dictionary(Codes::I8(codes), validity, inner(values)),
            Store::Wide(codes, values) => TextColumn::dictionary(Codes::U32(codes), validity, inner(values)),
            Store::Strs(strs) => return strs.as_slice().into(),
            _ => return (&[][..]).into(),
        }
        .unwrap()
    }
}

fn numbers(rows: usize, random: &mut Random, pool: &[f64]) -> Store {
    let float = |random: &mut Random| match random.below(200) {
        0 => f64::INFINITY,
        1 => -1e300,
        _ => random.pick(pool),
    };
    match random.below(12) {
        0 | 1 => Store::F64(random.list(rows, float)),
        #[expect(clippy::cast_possible_truncation, reason = "any float will do")]
        2 => Store::F32(random.list(rows, |random| float(random) as f32)),
        3 => {
            let scale = random.pick(&[0, 1, 2, 3, 38]);
            Store::Decimal(random.list(rows, |random| decimal(random, scale)), scale)
        }
        _ => integers(rows, random),
    }
}

/// Points in time near and far, some of them midnights, and some that are none.
fn moments(rows: usize, random: &mut Random) -> Store {
    if random.below(5) == 0 {
        return Store::Strs(random.list(rows, |random| {
            random.pick(&[
                Some("2011-01-01T00:00:00Z"),
                Some("2012-01-01T07:59:59.999999999+08:00"),
                Some("2012-03-21T08:00:00Z"),
                Some("2011-01-01"),
                Some("1969-12-31T23:59:59.5Z"),
                None,
            ])
        }));
    }
    let (unit, per_second) = random.pick(&[
        (TimeUnit::Second, 1),
        (TimeUnit::Millisecond, 1_000),
        (TimeUnit::Microsecond, 1_000_000),
        (TimeUnit::Nanosecond, 1_000_000_000),
    ]);
    let count = |random: &mut Random| match random.below(40) {
        0 => i64::MAX,
        1 => i64::MIN,
        _ => {
            let second =
                random.pick(&[1_293_840_000, 1_325_375_999, 1_332_316_800, 0, -1, -86_400, 1_332_316_799]);
            second * per_second + random.pick(&[0, 0, 1, -1, 999])
        }
    };
    Store::Time(random.list(rows, count), unit)
}

fn decimal(random: &mut Random, scale: i8) -> i128 {
    let one = 10_i128.pow(u32::try_from(scale).unwrap());
    match random.below(100) {
        0 => i128::MAX,
        1 => 10_i128.pow(30) + 1,
        2 => i128::from(random.next()),
        3..40 => one.saturating_mul(18),
        40..60 => one / 2,
        _ => i128::try_from(random.below(200)).unwrap() - 20,
    }
}

fn integers(rows: usize, random: &mut Random) -> Store {
    let small = |random: &mut Random| random.pick(&[0_u8, 1, 2, 7, 17, 18, 20, 38, 60, 127]);
    macro_rules! list {
        ($variant:ident, $type:ty) => {
            Store::$variant(random.list(rows, |random| match random.below(60) {
                0 => <$type>::MAX,
                1 => <$type>::MIN,
                _ => <$type>::try_from(small(random)).unwrap(),
            }))
        };
    }
    match random.below(8) {
        0 => list!(I8, i8),
        1 => list!(I16, i16),
        2 => list!(I32, i32),
        3 => list!(I64, i64),
        4 => list!(U8, u8),
        5 => list!(U16, u16),
        6 => list!(U32, u32),
        _ => list!(U64, u64),
    }
}

fn texts(rows: usize, random: &mut Random) -> Store {
    if random.below(6) == 0 {
        return integers(rows, random);
    }
    let texts = random.list(rows, |random| random.pick(&TEXTS));
    let mut data = Vec::new();
    let mut ends = vec![0_i32];
    for text in &texts {
        data.extend_from_slice(text.as_bytes());
        ends.push(i32::try_from(data.len()).unwrap());
    }
    match random.below(6) {
        0 => Store::Utf8(ends, data),
        1 => Store::LargeUtf8(ends.into_iter().map(i64::from).collect(), data),
        2 => Store::Views(texts.iter().zip(&ends).map(|(text, start)| view(text, *start)).collect(), data),
        3 => Store::Strs(texts.into_iter().map(|text| random.pick(&[None, Some(text)])).collect()),
        4 => {
            let values = Owned {
                store: Store::Utf8(vec![0, 2, 4, 6, 7], b"gzsz207".to_vec()),
                validity: None,
                rows: 4,
            };
            Store::Narrow(random.list(rows, |random| random.pick(&[0, 1, 2, 3])), Box::new(values))
        }
        _ => {
            let values = Store::Strs(vec![
                Some("gz"),
                None,
                Some("7"),
                Some("-3"),
                Some("a name of more than twelve bytes"),
            ]);
            let values = Owned { store: values, validity: None, rows: 5 };
            Store::Wide(random.list(rows, |random| random.pick(&[0, 1, 2, 3, 4])), Box::new(values))
        }
    }
}

fn view(text: &str, start: i32) -> [u8; 16] {
    let mut view = [0; 16];
    view[..4].copy_from_slice(&i32::try_from(text.len()).unwrap().to_le_bytes());
    if text.len() <= 12 {
        view[4..4 + text.len()].copy_from_slice(text.as_bytes());
    } else {
        view[4..8].copy_from_slice(&text.as_bytes()[..4]);
        view[12..].copy_from_slice(&start.to_le_bytes());
    }
    view
}

use super::*;
use crate::money::{Decimal, nearest_f64};
use proptest::prelude::*;

#[test]
fn bits_read_single_bits_and_words_at_any_offset() {
    let bytes: Vec<u8> = (0..40_u8).map(|byte| byte.wrapping_mul(73) ^ 0x5a).collect();
    for offset in 0..70 {
        let len = 320 - offset - 3;
        let bits = Bits::new(&bytes, offset, len).unwrap();
        for at in 0..len + 5 {
            let expected = at < len && bytes[(offset + at) / 8] >> ((offset + at) % 8) & 1 == 1;
            assert_eq!(bits.get(at), expected);
            let word = (0..64).fold(0, |word, bit| word | u64::from(bits.get(at + bit)) << bit);
            assert_eq!(bits.word(at), word, "offset {offset}, word at {at}");
        }
        assert_eq!(bits.count_ones(), (0..len).filter(|at| bits.get(*at)).count());
        assert_eq!(bits.slice(9, 30).word(0), bits.word(9) & ((1 << 30) - 1));
        assert!(bits.slice(len + 1, 3).is_empty());
    }
    assert_eq!(
        Bits::new(&[0], 4, 5).unwrap_err().to_string(),
        LayoutError::BitsTooShort { found: 8, needed: 9 }.to_string()
    );
    assert!(Bits::new(&[0], usize::MAX, 2).is_err());
}

#[test]
fn values_honour_validity() {
    let validity = Bits::new(&[0b101], 0, 3).unwrap();
    let column = Column::from(Values::new(&[1_i32, 2, 3], Some(validity)).unwrap());
    assert_eq!(column.scalar(0), Scalar::Int(1));
    assert!(column.is_null(1) && column.is_null(3) && !column.is_null(2));
    assert_eq!(column.null_count(), 1);
    let rest = column.slice(1, 9);
    assert_eq!((rest.len(), rest.scalar(0), rest.scalar(1)), (2, Scalar::Missing, Scalar::Int(3)));
    assert_eq!(
        Values::new(&[1_i32], Some(validity)).unwrap_err(),
        LayoutError::ValidityLength { found: 3, expected: 1 }
    );
}

#[test]
fn nan_reads_as_missing() {
    let column = Column::from(&[f64::NAN, 1.5][..]);
    assert_eq!((column.scalar(0), column.scalar(1)), (Scalar::Missing, Scalar::Float(1.5)));
    assert!(!column.is_null(0));
}

#[test]
fn booleans_decimals_and_dates_read_out() {
    let values = Bits::new(&[0b110], 0, 3).unwrap();
    let column = Column::from(BoolColumn::new(values, Bits::new(&[0b011], 0, 3).ok()).unwrap());
    assert_eq!([0, 1, 2].map(|row| column.scalar(row)), [false.into(), true.into(), Scalar::Missing]);
    assert_eq!(column.slice(1, 1).scalar(0), Scalar::Bool(true));

    let column = Column::from(DecimalColumn::new((&[1250_i128][..]).into(), 2).unwrap());
    assert_eq!(column.scalar(0), Decimal::parse("12.5").unwrap().into());
    let column = Column::from(DecimalColumn::new((&[i128::MAX][..]).into(), 38).unwrap());
    assert_eq!(column.scalar(0), Scalar::Float(1.701_411_834_604_692_3));
    assert!(DecimalColumn::new((&[1_i128][..]).into(), -1).is_err());

    let column = Column::Date32((&[15_399_i32][..]).into());
    assert_eq!(column.scalar(0), Date::parse("2012-02-29").unwrap().into());
}

#[test]
fn points_in_time_read_out_in_microseconds() {
    let read = |count: i64, unit| Column::from(TimestampColumn::new((&[count][..]).into(), unit)).scalar(0);
    let moment = |text| Scalar::from(Timestamp::parse(text).unwrap());
    assert_eq!(read(1_332_316_800, TimeUnit::Second), moment("2012-03-21T08:00:00Z"));
    assert_eq!(read(-1, TimeUnit::Millisecond), moment("1969-12-31T23:59:59.999Z"));
    assert_eq!(read(1, TimeUnit::Microsecond), moment("1970-01-01T00:00:00.000001Z"));
    assert_eq!(read(-1, TimeUnit::Nanosecond), moment("1969-12-31T23:59:59.999999Z"));
    assert_eq!(read(i64::MIN, TimeUnit::Second), Scalar::from("-9223372036854775808 s after 1970"));
    let counts = Values::new(&[1, 2, 3], Bits::new(&[0b101], 0, 3).ok()).unwrap();
    let column = Column::from(TimestampColumn::new(counts, TimeUnit::Second)).slice(1, 5);
    assert_eq!((column.len(), column.null_count(), column.type_name()), (2, 1, "timestamp"));
    assert_eq!((column.scalar(0), column.scalar(1)), (Scalar::Missing, moment("1970-01-01T00:00:03Z")));
}

#[test]
fn broken_text_is_refused() {
    let refused = |offsets: &[i32]| TextColumn::utf8(offsets, b"abc", None).unwrap_err();
    assert_eq!(refused(&[]), LayoutError::NoOffsets);
    assert_eq!(refused(&[0, 2, 1]), LayoutError::Offset { row: 1 });
    assert_eq!(refused(&[0, 4]), LayoutError::Offset { row: 0 });
    assert_eq!(refused(&[-1, 2]), LayoutError::Offset { row: 0 });

    let long = |len: u8, buffer: u8, offset: u8| {
        let view = [len, 0, 0, 0, b'a', b'b', b'c', b'd', buffer, 0, 0, 0, offset, 0, 0, 0];
        TextColumn::utf8_view(&[view], vec![b"abcdefghijklmnop"], None)
            .map(|text| text.get(0).unwrap().to_vec())
    };
    assert_eq!(long(13, 0, 1).unwrap(), b"bcdefghijklmn");
    assert_eq!(long(16, 0, 1).unwrap_err(), LayoutError::View { row: 0 });
    assert_eq!(long(13, 1, 0).unwrap_err(), LayoutError::View { row: 0 });

    let values: &[Option<&str>] = &[Some("a"), None];
    let coded = |codes: &[i8]| TextColumn::dictionary(Codes::I8(codes), None, values.into()).unwrap_err();
    assert_eq!(coded(&[0, 2]), LayoutError::Code { row: 1, code: 2, values: 2 });
    assert_eq!(coded(&[-1]), LayoutError::Code { row: 0, code: -1, values: 2 });
    let hidden = Bits::new(&[0b10], 0, 2).ok();
    let text = TextColumn::dictionary(Codes::I8(&[-1, 1]), hidden, values.into()).unwrap();
    assert_eq!((text.get(0), text.get(1), text.null_count()), (None, None, 2));
}

#[test]
fn a_batch_keeps_one_length_and_one_column_a_name() {
    let mut batch = Batch::new(2);
    batch.push("a", &[1_u8, 2][..]).unwrap().push("b", Column::Null(2)).unwrap();
    assert_eq!(
        batch.push("c", Column::Null(3)).unwrap_err().to_string(),
        "column `c` has 3 rows, the batch has 2"
    );
    assert_eq!(batch.push("a", Column::Null(2)).unwrap_err().to_string(), "column `a` occurs twice");
    assert_eq!(batch.names().collect::<Vec<_>>(), ["a", "b"]);
    let last = batch.slice(1, 5);
    assert_eq!(
        (last.len(), last.record(0)),
        (1, Record::from([("a", Scalar::Int(2)), ("b", Scalar::Missing)]))
    );
}

#[test]
fn a_record_replaces_by_name() {
    let mut record = Record::from([("a", Scalar::from("x")), ("b", None::<i64>.into())]);
    record.insert("a", 3_u64);
    assert_eq!((record.len(), record.get("a"), record.get("c")), (2, Some(&Scalar::Int(3)), None));
    assert!(record.get("b").is_some_and(Scalar::is_missing) && Scalar::from(f64::NAN).is_missing());
}

#[test]
fn every_day_has_one_text() {
    let mut date = Date::parse("0001-01-01").unwrap();
    while date < Date::parse("9999-12-31").unwrap() {
        let next = Date::from_days(date.days() + 1);
        let ((y0, m0, d0), (y1, m1, d1)) = (date.to_ymd(), next.to_ymd());
        let follows = (y1, m1, d1) == (y0, m0, d0 + 1)
            || (y1, m1, d1) == (y0, m0 + 1, 1)
            || (y1, m1, d1) == (y0 + 1, 1, 1) && m0 == 12;
        assert!(follows, "{date} is followed by {next}");
        assert_eq!(Date::from_ymd(y1, m1, d1), Some(next));
        date = next;
    }
    assert_eq!(Date::parse("1970-01-01").unwrap().days(), 0);
    assert_eq!(Date::parse("2000-03-01").unwrap().days(), 11_017);
}

#[test]
fn only_strict_dates_that_exist_are_read() {
    for text in
        ["2011-02-29", "1900-02-29", "2012-13-01", "2012-00-01", "2012-01-00", "0000-01-01", "12-01-01"]
    {
        assert!(Date::parse(text).is_err(), "{text}");
    }
    for text in ["2012-1-01", "2012/01/01", "2012-01-01T00:00", " 2012-01-01", "+012-01-01", ""] {
        assert!(Date::parse(text).is_err(), "{text}");
    }
    assert_eq!(
        Date::parse("2011-02-29").unwrap_err().to_string(),
        "invalid date (got `2011-02-29`): expected YYYY-MM-DD, a day that exists"
    );
    assert_eq!(Date::from_days(i32::MIN).to_ymd().0, -5_877_641);
}

/// The same text in every layout, each of them sliced out of something larger.
fn layouts(texts: &[Option<String>], check: impl Fn(&TextColumn<'_>)) {
    let padded: Vec<Option<&str>> = std::iter::once(Some("before, and longer than a view holds"))
        .chain(texts.iter().map(Option::as_deref))
        .chain([None, Some("after")])
        .collect();
    let mut validity = vec![0_u8; padded.len() / 8 + 1];
    let (mut data, mut ends) = (b"?".to_vec(), vec![1_i64]);
    let (mut views, mut codes) = (Vec::new(), Vec::new());
    for (row, text) in padded.iter().enumerate() {
        validity[row / 8] |= u8::from(text.is_some()) << (row % 8);
        let bytes = text.unwrap_or("under null").as_bytes();
        let mut view = [0_u8; 16];
        view[..4].copy_from_slice(&u32::try_from(bytes.len()).unwrap().to_le_bytes());
        if bytes.len() <= 12 {
            view[4..4 + bytes.len()].copy_from_slice(bytes);
        } else {
            view[4..8].copy_from_slice(&bytes[..4]);
            view[12..].copy_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
        }
        views.push(view);
        data.extend_from_slice(bytes);
        ends.push(i64::try_from(data.len()).unwrap());
        codes.push(u16::try_from(padded.len() - 1 - row).unwrap());
    }
    let narrow: Vec<i32> = ends.iter().map(|end| i32::try_from(*end).unwrap()).collect();
    let backwards: Vec<Option<&str>> = padded.iter().rev().copied().collect();
    let bits = Bits::new(&validity, 0, padded.len()).ok();
    for column in [
        TextColumn::utf8(&narrow, &data, bits).unwrap(),
        TextColumn::large_utf8(&ends, &data, bits).unwrap(),
        TextColumn::utf8_view(&views, vec![&data], bits).unwrap(),
        TextColumn::dictionary(Codes::U16(&codes), None, backwards.as_slice().into()).unwrap(),
        padded.as_slice().into(),
    ] {
        check(&column.slice(1, texts.len()));
    }
}

proptest! {
    #[test]
    fn decimals_convert_to_the_nearest_float(mantissa in -(1_i128 << 60)..1 << 60, scale in 0_u32..=38) {
        let read: f64 = format!("{mantissa}e-{scale}").parse().unwrap();
        prop_assert_eq!(nearest_f64(mantissa, scale).to_bits(), (read + 0.0).to_bits());
        let small = mantissa >> 8;
        let read: f64 = format!("{small}e-{scale}").parse().unwrap();
        prop_assert_eq!(nearest_f64(small, scale).to_bits(), (read + 0.0).to_bits());
    }

    #[test]
    fn every_text_layout_reads_the_same(texts in prop::collection::vec(prop::option::of(".{0,20}"), 0..40)) {
        layouts(&texts, |column| {
            assert_eq!(column.len(), texts.len());
            assert_eq!(column.null_count(), texts.iter().filter(|text| text.is_none()).count());
            for (row, text) in texts.iter().enumerate() {
                assert_eq!(column.get(row), text.as_ref().map(String::as_bytes));
            }
            assert_eq!(column.get(texts.len()), None);
        });
    }
}

/// Every layout has the key that the text itself has, whatever stands beside it in the data.
#[test]
fn keys_are_those_of_the_texts() {
    let texts: Vec<String> =
        (0..20_usize).map(|len| "plan-of-the-month-20".repeat(2)[20 - len..20].to_owned()).collect();
    let data = texts.concat();
    let ends = |text: usize| texts[..text].iter().map(String::len).sum::<usize>();
    let narrow: Vec<i32> = (0..=texts.len()).map(|text| i32::try_from(ends(text)).unwrap()).collect();
    let wide: Vec<i64> = narrow.iter().copied().map(i64::from).collect();
    let views: Vec<[u8; 16]> = texts
        .iter()
        .enumerate()
        .map(|(text, own)| {
            // What follows a short text in its view must not count.
            let mut view = [0xff; 16];
            view[..4].copy_from_slice(&u32::try_from(own.len()).unwrap().to_le_bytes());
            if own.len() <= 12 {
                view[4..4 + own.len()].copy_from_slice(own.as_bytes());
            } else {
                view[8..12].copy_from_slice(&[0; 4]);
                view[12..].copy_from_slice(&narrow[text].to_le_bytes());
            }
            view
        })
        .collect();
    let strs: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).collect();
    let expected: Vec<String> =
        texts.iter().map(|text| format!("{:?}", TextKey::of(text.as_bytes()))).collect();
    assert!(expected[12].starts_with("Short") && expected[13].starts_with("Long"));
    for column in [
        TextColumn::utf8(&narrow, data.as_bytes(), None).unwrap(),
        TextColumn::large_utf8(&wide, data.as_bytes(), None).unwrap(),
        TextColumn::utf8_view(&views, vec![data.as_bytes()], None).unwrap(),
        TextColumn::from(&strs[..]),
    ] {
        for start in 0..texts.len() {
            let mut keys = vec![String::new(); texts.len() - start];
            column.fill_by_key(start, &mut keys, |key| format!("{key:?}"));
            assert_eq!(keys, expected[start..]);
        }
    }
    let mut distinct = expected;
    distinct.dedup();
    assert_eq!(distinct.len(), texts.len());
}

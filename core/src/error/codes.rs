//! Every code there is. A code is never reused or renamed; its page in the guide is made from this table.

/// The stable code of a kind of problem, such as `tariff.unknown_meter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(&'static str);

impl Code {
    /// The code as text.
    pub fn id(self) -> &'static str {
        self.0
    }
}

/// A code with what it means and how to mend it.
#[derive(Clone, Copy, Debug)]
pub struct CodeEntry {
    /// The code.
    pub code: Code,
    /// What it means.
    pub meaning: &'static str,
    /// How to mend it.
    pub mend: &'static str,
}

macro_rules! codes {
    ($($module:ident { $($name:ident $id:literal $meaning:literal $mend:literal)* })*) => {
        $(pub(crate) mod $module {
            use super::Code;
            $(pub(crate) const $name: Code = Code(concat!(stringify!($module), ".", $id));)*
        })*

        /// Every code with its meaning and mend, in the order of the modules.
        pub fn codes() -> &'static [CodeEntry] {
            &[$($(CodeEntry { code: $module::$name, meaning: $meaning, mend: $mend },)*)*]
        }
    };
}

codes! {
    document {
        SYNTAX "syntax" "The text is neither YAML nor JSON." "Look at the place named: indentation, quotes, brackets."
        TOO_LARGE "too_large" "The document is larger than the limit." "Split it, or raise the limit."
        TOO_MANY_PROBLEMS "too_many_problems" "The document has more problems than are listed." "Mend those listed and read it again."
        TOO_DEEP "too_deep" "The document is nested deeper than the limit." "Flatten it."
        TOO_MANY_NODES "too_many_nodes" "The document has more values than the limit, aliases expanded." "Repeat less by aliases, or split it."
        WRONG_FORMAT "wrong_format" "The key `cpcfit` is absent or names another format." "Begin the document with `cpcfit: 1`."
        WRONG_KIND "wrong_kind" "The document is of another kind than the call expects." "Pass the right document or correct `kind`."
        UNKNOWN_KEY "unknown_key" "The key is not known here." "Correct the key; keys of your own begin with `x-`."
        MISSING_KEY "missing_key" "A required key is absent." "Add the key."
        DUPLICATE_KEY "duplicate_key" "The same key stands twice in one mapping." "Remove one of them."
        WRONG_TYPE "wrong_type" "The value is of another type." "Write the value as expected."
        UNKNOWN_WORD "unknown_word" "The value is not one of the words allowed." "Use one of the words listed."
        BAD_ID "bad_id" "The id does not follow the grammar." "Use letters, digits, `.`, `_`, `-`, at most 64 characters."
        BAD_DATE "bad_date" "The text is not a date." "Write dates as YYYY-MM-DD."
        BAD_DECIMAL "bad_decimal" "The text is not a decimal number." "Write digits with an optional point and exponent."
        TOO_MANY_DIGITS "too_many_digits" "The number has more digits than can be held exactly." "Use at most 30 significant digits."
        LONG_FLOAT "long_float" "A binary floating-point number has more than 15 significant digits." "Write the number as a string."
        BAD_CALENDAR "bad_calendar" "A calendar has no ranges, or names days that no month has." "Write `days`, `months` or `weekdays` that exist together."
        OUT_OF_RANGE "out_of_range" "The number lies outside the range allowed." "Use a number within the range."
    }
    data {
        MISSING "missing" "A required value is missing." "Fill it, or declare a default in the document."
        MISSING_COLUMN "missing_column" "A required column or field is absent." "Add it, or map it by `columns`."
        WRONG_TYPE "wrong_type" "The value or column has a type that cannot be used here." "Convert it first."
        NOT_FINITE "not_finite" "The number is infinite." "Correct or remove the value."
        NEGATIVE "negative" "The number is below zero." "Correct the value; usage and charges are not negative."
        TOO_LARGE "too_large" "The number is larger than can be billed exactly." "Check the unit of the column."
        INEXACT "inexact" "An exact number is not a whole number of base units." "Round it, or pass it as a float, which is rounded."
        BAD_DECIMAL "bad_decimal" "The text is not a decimal number." "Write digits with an optional point."
        BAD_DATE "bad_date" "The value is not a date." "Write dates as YYYY-MM-DD."
        BAD_TIMESTAMP "bad_timestamp" "The value is not a point in time." "Write times with `Z` or an offset: 2012-03-21T08:00:00Z."
        LENGTH "length" "Columns have different lengths." "Pass columns of one length."
        UNAVAILABLE "unavailable" "An option is not known or not available on this machine." "Use one of the values listed."
        LAYOUT "layout" "The memory of a column does not follow its layout." "Report it to the maker of the column."
    }
    expr {
        UNKNOWN_FIELD "unknown_field" "The condition tests a field that is not declared." "Declare it under `fields` or correct the name."
        DUPLICATE_FIELD "duplicate_field" "The field is declared twice, or under the name of a meter." "Rename or remove one."
        WRONG_TYPE "wrong_type" "The operand does not fit the type of the field." "Write an operand of the field's type."
        WRONG_TEST "wrong_test" "The test does not apply to fields of this type." "Use a test of the type."
        NO_TEST "no_test" "The condition names a field but no test, or mixes a field with a combinator." "Add a test such as `ge: 18`."
        BAD_SYNTAX "bad_syntax" "The text of a condition cannot be read." "Look at the place marked."
        WRONG_OPERATOR "wrong_operator" "An operator of another language stands in a condition." "Write `==`, `!=`, `&&`, `||` and `!`."
        TOO_DEEP "too_deep" "A condition is nested deeper, or is longer, than the limit." "Part it into several rules or fields."
        UNKNOWN_FUNCTION "unknown_function" "There is no such function." "Use a function of the list."
        WRONG_ARGUMENT "wrong_argument" "A function is called with arguments that it does not take." "Call it as the message shows."
        UNKNOWN_VALUE "unknown_value" "A field is compared with a value that it never has." "Correct the value, or add it to `values` of the field."
        UNKNOWN_REQUIRED "unknown_required" "The condition tests a field that may be missing, and nothing says what an unknown outcome means." "Add `unknown:` beside `where:`."
    }
    tariff {
        UNKNOWN_METER "unknown_meter" "The meter is not declared in the catalogue." "Correct the name or declare it under `meters`."
        UNPRICED_METER "unpriced_meter" "The plan does not price a meter of the catalogue." "Add a charge, or `allowance: unlimited`."
        UNKNOWN_UNIT "unknown_unit" "The unit is not declared for the meter." "Use a unit of the meter."
        BAD_QUANTITY "bad_quantity" "The quantity cannot be read or is not a whole number of base units." "Write a number and a unit of the meter."
        BAD_AMOUNT "bad_amount" "The amount is negative, too large or not a whole number of minor units." "Write the amount with the currency's decimals."
        BAD_RATE "bad_rate" "The price cannot be held exactly with the meter's units." "Use fewer digits or simpler units."
        BAD_STEP "bad_step" "The rounding step is not a positive whole number of minor units." "Use a step such as 0.01."
        EMPTY_CATALOGUE "empty_catalogue" "The catalogue has no plans." "Add at least one plan."
        DUPLICATE_ID "duplicate_id" "Two plans in effect at one time, or two declarations, have the same id." "Rename one or part their periods."
        NO_OVERAGE "no_overage" "The charge limits the allowance but does not price what goes beyond it." "Add `overage`, or `allowance: unlimited`."
        BAD_PERIOD "bad_period" "A period ends before it begins." "Exchange the dates."
        DATE_REQUIRED "date_required" "The catalogue has dated plans, and no date was chosen." "Call `at(date)` first."
        NONE_IN_EFFECT "none_in_effect" "No plan is in effect on the date." "Choose another date or extend a plan's period."
        UNKNOWN_PLAN "unknown_plan" "The plan is not in the catalogue." "Correct the name, or give the present bill in columns."
        OVERFLOW "overflow" "The bill is larger than can be held exactly." "Check the unit of the usage."
        BAD_TABLE "bad_table" "The price table cannot be read." "Look at the row and column named."
    }
    scoring {
        UNKNOWN_CHILD "unknown_child" "An id that a node names is neither an indicator nor a node, or no child of it." "Correct the id or declare it."
        CHILD_TWICE "child_twice" "A child stands twice in one node." "Remove one of them."
        TWO_PARENTS "two_parents" "An indicator or node is the child of two nodes." "Keep one; declare it again under another id if it counts twice."
        CYCLE "cycle" "A node is among its own descendants." "Remove it from the children of one of them."
        UNREACHABLE "unreachable" "The root does not reach an indicator or node." "Add it to the children of a node, or remove it."
        TOO_DEEP "too_deep" "The tree of nodes is deeper than the limit." "Put nodes together."
        ID_CLASH "id_clash" "An indicator and a node have the same id." "Rename one."
        UNKNOWN_ROOT "unknown_root" "The root is not a node of the framework." "Write the id of the node whose score is the score."
        NO_CHILDREN "no_children" "A node has no children." "Name at least one child, or remove the node."
        BAD_WEIGHT "bad_weight" "A weight is negative or absent." "Write weights of zero or more, one for each child."
        ZERO_WEIGHTS "zero_weights" "All weights of a node are zero, or their sum is too large." "Give at least one child a weight."
        ZERO_WIDTH "zero_width" "A baseline has no width, or a width is not above zero." "Write levels that differ."
        WRONG_DIRECTION "wrong_direction" "A baseline runs against the direction of its indicator." "Correct the direction or exchange the levels."
        BAD_POINTS "bad_points" "Levels, scores or points are out of order or off the scale." "Write ascending values, and scores on the scale."
        BAD_SCALE "bad_scale" "The scale has no width, or does not suit a method." "Write `max` above `min`; ratios need `min: 0`."
        BAD_METHOD "bad_method" "Not exactly one method is named." "Keep one of the methods."
        NEGATIVE_SCALE "negative_scale" "An aggregation that takes no negative scores may meet them." "Use a scale from 0, and clip below."
        NO_SEGMENT_FIELD "no_segment_field" "Weights by segment are given, and nothing says where the segment stands." "Add `segments: {field: ...}`."
        TOO_MANY_SEGMENTS "too_many_segments" "Segments and the size of the tree multiply to too many weights." "Weight fewer segments apart, or use a framework for each."
        NOT_FITTED "not_fitted" "A baseline or weights are still to be taken from data." "Fit the framework, and score with what comes back."
        NOT_A_SUM "not_a_sum" "An experiment with weights meets a node that does not sum." "Use frameworks of weighted sums for it."
        BAD_SETTING "bad_setting" "A setting of an experiment is out of range, or lengths do not fit." "Use a value within the range."
        TOO_FEW_ROWS "too_few_rows" "There are too few rows to take numbers from." "Fit to more rows, or look at what is missing."
        IMPOSSIBLE "impossible" "A value lies outside what is possible for its indicator." "Correct the value, or set `impossible: missing`."
        OUT_OF_DOMAIN "out_of_domain" "A method has no score for a value: the logarithm of a negative, a ratio to zero." "Correct the value, or set `impossible: missing`."
        AHP_NOT_SQUARE "ahp_not_square" "A matrix of comparisons does not have one row and one column for each child." "Write as many rows, and comparisons in each row, as there are children."
        AHP_NOT_POSITIVE "ahp_not_positive" "A comparison is zero or negative." "Write how many times more important the child of the row is: 3, or `1/3`."
        AHP_NOT_RECIPROCAL "ahp_not_reciprocal" "A comparison is not one divided by the opposite comparison, or a child compared with itself is not 1." "Write `1/3` opposite 3, and 1 on the diagonal."
        AHP_TOO_LARGE "ahp_too_large" "More than 15 children are compared at once." "Group the children under nodes of their own."
        AHP_INCONSISTENT "ahp_inconsistent" "Comparisons contradict one another: their consistency ratio is above 0.1." "Reconsider them: where a is 2 times b and b 3 times c, a is about 6 times c."
        BAD_MIX "bad_mix" "A mix of weightings has fewer than two parts, a negative share, or no share above zero." "Name two or more parts with positive shares."
        CONSTANT_DATA "constant_data" "No child's scores vary, so the data cannot weight them." "Use more data, or other weights."
        REDUNDANT_DATA "redundant_data" "The children's scores are perfectly correlated, so CRITIC finds nothing to weight." "Remove what repeats others, or use other weights."
        NEGATIVE_DATA "negative_data" "Entropy weights take shares of a total, and a score is negative." "Clip the scores below, or use other weights."
        ZERO_DATA "zero_data" "Entropy weights take shares of a total, and the total is zero." "Remove the child, or use other weights."
        TOO_FEW_COLUMNS "too_few_columns" "There are fewer than two children to compare." "Add a child, or leave the weights out."
    }
    rules {
        BAD_TABLE "bad_table" "A decision table cannot be read: columns, rows or what is said of them." "Look at the column and row named."
        BAD_CELL "bad_cell" "A cell of a decision table is no test or no value." "Write `-`, a value, `>80`, `[5..10)` or `not(...)`."
        NO_RULES "no_rules" "The document has no rules." "Add at least one rule."
        DUPLICATE_ID "duplicate_id" "Two rules in effect at one time, or two tests, have the same id." "Rename one; rules may part their periods."
        UNKNOWN_OUTPUT "unknown_output" "A rule gives, or a test expects, an output that is not declared." "Declare it under `outputs` or correct the name."
        WRONG_VALUE "wrong_value" "A value does not fit the type of its output or field." "Write a value of that type."
        UNKNOWN_VALUE "unknown_value" "A value is not one of those of its output or field." "Use one of the values, or add it to `values`."
        DUPLICATE_VALUE "duplicate_value" "A value stands twice among those of an output." "Remove one of them."
        NO_VALUES "no_values" "An output has a list of values without any." "Add a value, or remove the key `values`."
        BAD_COLLECT "bad_collect" "The key `collect` does not suit the hit policy or the outputs." "Set `hit: collect`; sum, min and max take numbers and money."
        NO_PRIORITY "no_priority" "The hit policy goes by priority, and a rule has nothing to go by." "Give every rule a priority, or an output `values`."
        UNUSED_PRIORITY "unused_priority" "A rule has a priority, and nothing goes by it." "Remove it, or set `hit: priority`; outputs with `values` rank by these."
        TOO_LARGE "too_large" "The sum of an output over all rules cannot be held." "Use smaller values."
        NO_CURRENCY "no_currency" "A field or output is of type money, and the document has no currency." "Add `currency:`."
        BAD_PERIOD "bad_period" "A period ends before it begins." "Exchange the dates."
        DATE_REQUIRED "date_required" "Some rules have dates, and no date was chosen." "Call `at(date)` first; a test says `at`."
        NONE_IN_EFFECT "none_in_effect" "No rule is in effect on the date." "Choose another date or extend a rule's period."
        UNKNOWN_RULE "unknown_rule" "A test expects a rule that there is not, or not on its date." "Correct the id or the date."
        BAD_TEST "bad_test" "A test expects nothing, or what cannot be." "Expect what the hit policy can give."
        UNKNOWN_FIELD "unknown_field" "The rules have no field of that name." "Correct the name."
        FOREIGN_ROW "foreign_row" "The row was made by other rules." "Use a row of these rules."
    }
    contact {
        BAD_OFFSET "bad_offset" "The text is not an offset from UTC." "Write hours and minutes in quotes, such as \"+08:00\"."
        BAD_TIME "bad_time" "The text is not a time of day." "Write hours and minutes in quotes, from \"00:00\" to \"24:00\"."
        BAD_LENGTH "bad_length" "The text is not a length of time." "Write weeks, days, hours and minutes, such as 7d or 1d12h."
        BAD_HOURS "bad_hours" "Quiet hours have no length." "Write two times that differ; 00:00 and 24:00 for the whole day."
        BAD_PERIOD "bad_period" "A period ends before it begins." "Exchange the dates."
        OVERLAP "overlap" "Quiet hours of one channel are quiet at the same time." "Let one end before the other begins, or write one entry."
        NO_NAMES "no_names" "A list of channels, kinds or outcomes is empty." "Add a name, or remove the key."
        UNKNOWN_NAME "unknown_name" "A channel, kind or outcome is not one of those of the policy." "Correct the name, or declare it."
        DUPLICATE_ID "duplicate_id" "Two entries, channels, kinds or outcomes have the same name." "Rename or remove one."
        TOO_MANY "too_many" "There are more entries or names than a policy may have." "Part the policy, or put names together."
        NO_ENTRIES "no_entries" "The policy has no entries." "Add at least one."
        NO_CURRENCY "no_currency" "A field is of type money, and the policy has no currency." "Add `currency:`."
        BAD_MOMENT "bad_moment" "The value is not a moment." "Write moments such as 2012-03-20T10:00:00+08:00."
        FUTURE_CONTACT "future_contact" "A contact is later than the moment that is asked for." "Correct the moment, or leave out later contacts."
        NOT_SORTED "not_sorted" "Rows are not sorted by customer." "Sort both frames by customer: numbers by size, texts by bytes."
    }
    fit {
        BAD_RATIO "bad_ratio" "The bounds of a ratio are negative, too long or in the wrong order." "Write min and max as decimals, min not above max."
        NO_PRIORITY "no_priority" "The policy ranks by priority, and a plan has none." "Give every plan a priority, or rank by `cheapest`."
        NO_PRESENT_BILL "no_present_bill" "There is neither a current plan nor a present bill." "Pass `current_plan`, or `present_total` and `present_fee`."
        UNKNOWN_CUSTOMER "unknown_customer" "No customer has this id." "Correct the id."
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique() {
        let ids: BTreeSet<_> = codes().iter().map(|entry| entry.code.id()).collect();
        assert_eq!(ids.len(), codes().len());
    }
}

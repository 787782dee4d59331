import assert from "node:assert/strict";
import { test } from "node:test";
import { CONTACT_STATUSES, ContactPolicy, CpcfitError, DataError, DocumentError } from "cpcfit";
import { ContactPolicyHandle } from "../pkg/generated/wasm.js";

const POLICY = {
  cpcfit: 1,
  kind: "contact-policy",
  id: "contacts",
  version: "1",
  name: { zh: "接触规则" },
  offset: "+08:00",
  channels: ["outbound", "sms"],
  outcomes: ["accepted", "refused"],
  fields: { complaints: { type: "integer" } },
  do_not_disturb: [{ id: "complaint", when: "complaints > 0", reason: "a complaint" }],
  quiet_hours: [{ id: "night", channels: "outbound", from: "21:00", to: "08:00", note: "agreed" }],
  limits: [{ id: "weekly", at_most: 1, within: "7d" }],
  gaps: [{ id: "refusal", after: "refused", wait: "30d", calendar: { days: [1, "end"] } }],
};
const now = new Date("2012-03-20T02:00:00Z");

test("a policy says what it declares", () => {
  const policy = ContactPolicy.parse(POLICY);
  const { id, version, names, offset, channels, kinds, outcomes, inputs } = policy;
  assert.deepEqual(
    { id, version, names, offset, channels, kinds, outcomes, inputs },
    {
      id: "contacts",
      version: "1",
      names: { zh: "接触规则" },
      offset: "+08:00",
      channels: ["outbound", "sms"],
      kinds: [],
      outcomes: ["accepted", "refused"],
      inputs: ["complaints"],
    },
  );
  assert.deepEqual(policy.entries.slice(0, 2), [
    { id: "complaint", code: "do_not_disturb", names: {}, reason: { und: "a complaint" }, note: null },
    { id: "night", code: "quiet_hours", names: {}, reason: null, note: "agreed" },
  ]);
  assert.equal(ContactPolicy.parse(policy.toJson()).toJson(), policy.toJson());
});

test("a contact is allowed, or not and until when", () => {
  const policy = ContactPolicy.parse(POLICY);
  const allowed = policy.check({ complaints: 0 }, { channel: "sms", now });
  assert.deepEqual([allowed.allowed, allowed.reasons, allowed.nextAllowed], [true, [], "2012-03-20T02:00:00Z"]);
  const history = [{ at: new Date("2012-03-19T02:00:00Z"), channel: "sms", outcome: "refused" }];
  const evening = { channel: "outbound", now: "2012-03-20T21:30:00+08:00", history };
  const blocked = policy.check({ complaints: 0 }, evening);
  assert.deepEqual(blocked.reasons, ["night", "weekly", "refusal"]);
  assert.equal(blocked.nextAllowed, "2012-04-18T02:00:00Z");
  assert.deepEqual(blocked.findings[2], {
    entry: "weekly",
    code: "limit",
    status: "blocks",
    expected: "at most 1 contact within 7d",
    actual: "1 after 2012-03-13T21:30:00+08:00",
    until: "2012-03-26T02:00:00Z",
  });
  assert.equal(blocked.findings[0].status, "other_customers");
  assert.match(
    blocked.text,
    /^not allowed: night \(quiet_hours\), weekly \(limit\), refusal \(gap\); allowed from 2012-04-18T10/,
  );
  assert.equal(policy.check({ complaints: 1 }, { channel: "sms", now }).nextAllowed, null);
});

test("what is wrong is said at once", () => {
  const wrong = { ...POLICY, offset: 8, quiet_hours: [{ id: "a", from: "9", to: "10:00" }] };
  assert.throws(
    () => ContactPolicy.parse(wrong),
    (error) => error instanceof DocumentError && error.problems.length === 2,
  );
  const policy = ContactPolicy.parse(POLICY);
  const history = [{ at: "yesterday", channel: "sms" }, { at: new Date(Number.NaN), channel: "sms" }, { at: now }];
  assert.throws(
    () => policy.check({}, { channel: "fax", now, history }),
    (error) => {
      assert.deepEqual(error.problems.map(({ code, path }) => [code, path]).sort(), [
        ["contact.bad_moment", "history/0/at"],
        ["contact.bad_moment", "history/1/at"],
        ["data.missing", "history/2/channel"],
        ["data.missing_column", "complaints"],
      ]);
      return error instanceof DataError;
    },
  );
  assert.throws(() => policy.check({ complaints: 0 }, 3), CpcfitError);
  policy.free();
  assert.throws(() => policy.check({ complaints: 0 }, { channel: "sms", now }), CpcfitError);
});

const customers = { customer: Int32Array.of(1, 2, 2, 4), complaints: [0, 0, 0, 2] };
const contacts = {
  customer: [1, 2, 3],
  at: [new Date("2012-03-19T02:00:00Z"), new Date("2012-03-01T02:00:00Z"), new Date("2012-03-01T02:00:00Z")],
  channel: ["sms", "sms", "sms"],
  outcome: [null, "accepted", null],
};

test("a policy is asked about everyone at once", () => {
  const policy = ContactPolicy.parse(POLICY);
  const verdicts = policy.checkColumns(customers, contacts, { channel: "sms", now });
  assert.equal(verdicts.length, 4);
  assert.deepEqual([...CONTACT_STATUSES], ContactPolicyHandle.statuses());
  assert.deepEqual(
    Array.from(verdicts.status, (code) => verdicts.statuses[code]),
    ["blocked", "allowed", "allowed", "blocked"],
  );
  assert.deepEqual(
    Array.from(verdicts.reason, (entry) => verdicts.entries[entry]?.id),
    ["weekly", undefined, undefined, "complaint"],
  );
  assert.deepEqual(
    Array.from(verdicts.nextAllowed, (moment) => (Number.isNaN(moment) ? null : new Date(moment).toISOString())),
    ["2012-03-26T02:00:00.000Z", now.toISOString(), now.toISOString(), null],
  );
  assert.equal(verdicts.unmatchedContacts, 1);
  assert.deepEqual(verdicts.counts(), { allowed: 2, blocked: 2, invalid: 0 });
  assert.deepEqual(verdicts.reasonCounts(), { complaint: 1, night: 0, weekly: 1, refusal: 0 });
  assert.deepEqual(verdicts.problems, []);
});

test("columns say what one customer at a time says", () => {
  const policy = ContactPolicy.parse(POLICY);
  const moments = Array.from({ length: 40_000 }, (_, row) => new Date(now.getTime() + (row % 48) * 1_800_000));
  const channel = moments.map((_, row) => policy.channels[row % 2]);
  const complaints = Int32Array.from(moments, (_, row) => Number(row % 7 === 0));
  const rows = { customer: Int32Array.from(moments.keys()), channel, now: moments, complaints };
  const past = { customer: [3, 39_998], at: [now, now], channel: ["sms", "outbound"], outcome: ["refused", null] };
  const verdicts = policy.checkColumns(rows, past);
  for (const row of [0, 1, 2, 3, 7, 16_384, 23_456, 39_998, 39_999]) {
    const at = past.customer.indexOf(row);
    const history = at < 0 ? [] : [{ at: now, channel: past.channel[at], outcome: past.outcome[at] }];
    const candidate = { channel: channel[row], now: moments[row], history };
    const found = policy.check({ complaints: complaints[row] }, candidate);
    assert.equal(verdicts.status[row], found.allowed ? 0 : 1, `row ${row}`);
    assert.equal(verdicts.entries[verdicts.reason[row]]?.id, found.reasons[0]);
    const next = verdicts.nextAllowed[row];
    assert.equal(Number.isNaN(next) ? null : next, found.nextAllowed && new Date(found.nextAllowed).getTime());
  }
});

test("columns may have other names, and need no contacts", () => {
  const policy = ContactPolicy.parse(POLICY);
  const renamed = { msisdn: customers.customer, open: customers.complaints };
  const past = { msisdn: contacts.customer, at: contacts.at, channel: contacts.channel };
  const options = {
    channel: "sms",
    now: "2012-03-20T10:00:00+08:00",
    columns: { customer: "msisdn", complaints: "open" },
  };
  const verdicts = policy.checkColumns(renamed, past, { ...options, contactColumns: { customer: "msisdn" } });
  assert.deepEqual([...verdicts.reason], [2, -1, -1, 0]);
  assert.deepEqual([...policy.checkColumns(renamed, null, options).reason], [-1, -1, -1, 0]);
  assert.deepEqual(
    [...policy.checkColumns({ msisdn: [], open: [] }, { ...contacts, customer: ["a", "b", "c"] }, options).reason],
    [],
  );
});

test("columns that cannot be used are told with their rows", () => {
  const policy = ContactPolicy.parse(POLICY);
  const bad = { ...contacts, channel: ["sms", "fax", "sms"] };
  const problemsOf = (call) => {
    try {
      call();
    } catch (error) {
      assert.ok(error instanceof DataError);
      return error.problems.map(({ code, path, rows }) => [code, path, [...rows]]);
    }
    return assert.fail("it should throw");
  };
  const found = [["contact.unknown_name", "contacts/channel", [1]]];
  assert.deepEqual(
    problemsOf(() => policy.checkColumns(customers, bad, { channel: "sms", now })),
    found,
  );
  const verdicts = policy.checkColumns(customers, bad, { channel: "sms", now, onError: "null" });
  assert.deepEqual(verdicts.counts(), { allowed: 0, blocked: 2, invalid: 2 });
  assert.deepEqual(
    verdicts.problems.map(({ code, path, rows }) => [code, path, [...rows]]),
    found,
  );
  assert.deepEqual(
    problemsOf(() => policy.checkColumns({ ...customers, customer: [1, 3, 2, 4] }, contacts, { channel: "sms", now })),
    [["contact.not_sorted", "customer", [2]]],
  );
  assert.deepEqual(
    problemsOf(() => policy.checkColumns(customers, {}, { channel: "sms", now })),
    ["customer", "at", "channel"].map((name) => ["data.missing_column", name, []]),
  );
  assert.deepEqual(
    problemsOf(() => policy.checkColumns(customers, null, { channel: "sms", now: "soon" })),
    [["contact.bad_moment", "now", []]],
  );
  assert.deepEqual(
    problemsOf(() => policy.checkColumns(customers, null, { channel: "fax", now })),
    [["contact.unknown_name", "channel", []]],
  );
});

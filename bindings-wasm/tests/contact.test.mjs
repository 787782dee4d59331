import assert from "node:assert/strict";
import { test } from "node:test";
import { ContactPolicy, CpcfitError, DataError, DocumentError } from "cpcfit";

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

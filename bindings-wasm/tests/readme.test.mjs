// Every example of the README runs and prints what its comments say.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("..", import.meta.url);
const readme = readFileSync(new URL("README.md", root), "utf8");
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);

assert.ok(examples.length > 0);
examples.forEach((code, number) => {
  test(`example ${number + 1}`, () => {
    const said = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
    const args = ["--input-type=module", "--eval", code];
    const printed = execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" }).split("\n");
    assert.deepEqual(printed.slice(0, said.length), said);
  });
});

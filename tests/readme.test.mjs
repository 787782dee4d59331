// The JavaScript blocks of the README run as they stand, from the root of the repository.

import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");
const blocks = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, block]) => block);

test("the README has JavaScript blocks", () => assert.ok(blocks.length > 0));

blocks.forEach((block, number) => {
  test(`README block ${number}`, async () => {
    // Beside the package, so that it finds itself by its name as an installed one would.
    const file = `${root}bindings-wasm/.readme-${number}.mjs`;
    process.chdir(root);
    writeFileSync(file, block);
    try {
      await import(pathToFileURL(file).href);
    } finally {
      rmSync(file);
    }
  });
});

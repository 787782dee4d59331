// The same calls give the same answers in Node, in a page without a bundler, and in a page that Vite has built.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "vite";
import { run } from "./browser/scenario.mjs";
import { missingChromium, resultOf, serve } from "./chromium.mjs";
import { consumer } from "./consumer.mjs";

const skip = missingChromium();
if (skip) console.log(`browser tests are skipped: ${skip}`);

// A page hands its result over as JSON.
const expected = JSON.parse(JSON.stringify(run()));

test("Chromium without a bundler", { skip }, async () => {
  const project = consumer("browser");
  const server = await serve(project.folder);
  try {
    assert.deepEqual(await resultOf(`${server.origin}/plain.html`), expected);
  } finally {
    await server.stop();
    project.remove();
  }
});

test("Chromium with what Vite built", { skip }, async () => {
  const project = consumer("browser");
  await build({ root: project.folder, logLevel: "error", build: { outDir: "dist" } });
  const server = await serve(join(project.folder, "dist"));
  try {
    assert.deepEqual(await resultOf(`${server.origin}/`), expected);
  } finally {
    await server.stop();
    project.remove();
  }
});

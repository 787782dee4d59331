// What npm would publish: its files, their declarations, and that the lock file names no registry.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("..", import.meta.url);

test("the package holds the module once, its entries and their types", () => {
  const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const files = JSON.parse(packed)[0].files.map((file) => file.path);
  assert.deepEqual(
    files.filter((file) => file.endsWith(".wasm")),
    ["pkg/cpcfit.wasm"],
  );
  for (const file of ["pkg/node.js", "pkg/browser.js", "pkg/api.d.ts", "pkg/generated/documents.d.ts"]) {
    assert.ok(files.includes(file), `${file} is packed`);
  }
  assert.ok(!files.some((file) => file.startsWith("ts/") || file.startsWith("src/")), "sources stay out");
});

test("every file that the exports name exists", () => {
  const { exports } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
  const named = (entry) => (typeof entry === "string" ? [entry] : Object.values(entry).flatMap(named));
  for (const file of named(exports)) assert.ok(existsSync(new URL(file, root)), file);
});

test("the lock file names no registry", () => {
  const lock = JSON.parse(readFileSync(new URL("package-lock.json", root), "utf8"));
  const resolved = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined);
  assert.deepEqual(resolved, []);
});

// An instance that trapped is not entered again. In a file, and so a process, of its own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Catalog } from "cpcfit";
import { call } from "../pkg/call.js";
import { small } from "./fixtures.mjs";

test("after a trap every call says so", () => {
  const catalog = Catalog.parse(small());
  const trap = new WebAssembly.RuntimeError("unreachable");
  const stopped = { name: "CpcfitError", code: "wasm.stopped", cause: trap, message: /unreachable/ };
  assert.throws(() => {
    call(() => {
      throw trap;
    });
  }, stopped);
  assert.throws(() => catalog.quote({ voice: 1 }), stopped);
  assert.throws(() => Catalog.parse(small()), stopped);
});

// The entry point for Node: the module is read from the file beside this one, synchronously.

import { readFileSync } from "node:fs";
import { initSync } from "./generated/wasm.js";

initSync({ module: readFileSync(new URL("./cpcfit.wasm", import.meta.url)) });

export * from "./api.js";

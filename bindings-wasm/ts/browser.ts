// The entry point for browsers and bundlers: the module is fetched before the import completes.

import init from "./generated/wasm.js";

await init({ module_or_path: new URL("./cpcfit.wasm", import.meta.url) });

export * from "./api.js";

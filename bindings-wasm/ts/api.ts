export { version } from "./generated/wasm.js";

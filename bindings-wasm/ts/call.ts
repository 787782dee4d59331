// Calls into WebAssembly: what Rust throws becomes an error class, and an instance that trapped is not entered again.

import { type CpcfitError, errorOf, instanceError, isThrown } from "./error.js";

let trap: unknown;

/** Runs `work`, which calls into WebAssembly. */
export function call<T>(work: () => T): T {
  if (trap !== undefined) throw stopped();
  try {
    return work();
  } catch (thrown) {
    if (isTrap(thrown)) {
      trap = thrown;
      throw stopped();
    }
    throw isThrown(thrown) ? errorOf(thrown) : thrown;
  }
}

/** The handle, if it was not freed. */
export function live<T>(handle: T | undefined, name: string): T {
  if (handle === undefined) throw instanceError("wasm.freed", `the ${name} was freed and cannot be used any more`);
  return handle;
}

function stopped(): CpcfitError {
  return instanceError(
    "wasm.stopped",
    `cpcfit stopped at an internal error (${String(trap)}) and its memory can no longer be trusted; load it again`,
    trap,
  );
}

/** Panics and exhausted memory are traps; an exhausted stack is an error of its own in each engine. */
function isTrap(thrown: unknown): boolean {
  if (thrown instanceof WebAssembly.RuntimeError) return true;
  return thrown instanceof Error && /call stack size exceeded|too much recursion/i.test(thrown.message);
}

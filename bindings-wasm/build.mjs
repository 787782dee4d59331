// Builds the npm package into pkg/: cargo, wasm-bindgen, wasm-opt, tsc. `npm run build` may be repeated at any time.
// `npm run build -- --no-yaml` leaves the YAML reader out: text is JSON then, and the download about an eighth smaller.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const workspace = join(here, "..");
const generated = join(here, "ts", "generated");
const pkg = join(here, "pkg");
const target = "wasm32-unknown-unknown";

// Vectors need opt-level 3, which inlines and unrolls more than a download can bear: with these thresholds it is a sixth
// smaller and just as fast.
const rustFlags = "-C target-feature=+simd128 -C llvm-args=-inline-threshold=25 -C llvm-args=-unroll-threshold=20";
// The features are those that the Rust target and `rustFlags` turn on; relaxed SIMD is not among them, because its results differ
// from machine to machine.
const optimiserFlags = [
  "-O3",
  "--strip-debug",
  "--strip-producers",
  "--enable-simd",
  "--enable-bulk-memory",
  "--enable-nontrapping-float-to-int",
  "--enable-sign-ext",
  "--enable-mutable-globals",
  "--enable-reference-types",
  "--enable-multivalue",
];

class Missing extends Error {}

function step(what) {
  console.log(`build: ${what}`);
}

/** Runs a program with its output shown; with `capture`, its standard output is returned instead. */
function run(program, args, { env = {}, capture = false, hint } = {}) {
  const result = spawnSync(program, args, {
    cwd: workspace,
    env: { ...process.env, ...env },
    stdio: ["ignore", capture ? "pipe" : "inherit", "inherit"],
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (result.error?.code === "ENOENT") {
    throw new Missing(`\`${program}\` is missing${hint ? `: ${hint}` : ""}`);
  }
  if (result.error) {
    throw result.error;
  }
  if (result.status !== 0) {
    throw new Error(`\`${program} ${args.join(" ")}\` failed${hint ? `; ${hint}` : ""}`);
  }
  return result.stdout ?? "";
}

/** A tool of the development dependencies, as a program for Node. */
function tool(path) {
  const full = join(here, "node_modules", path);
  if (!existsSync(full)) {
    throw new Missing(`\`${path}\` is missing: run \`npm ci\` in bindings-wasm first`);
  }
  return full;
}

function addTarget() {
  const hint = "install Rust (the version is `rust-version` in Cargo.toml) and see that it is on the PATH";
  const sysroot = run("rustc", ["--print", "sysroot"], { capture: true, hint }).trim();
  if (!existsSync(join(sysroot, "lib", "rustlib", target))) {
    step(`adding the Rust target ${target}`);
    run("rustup", ["target", "add", target], {
      hint: `the standard library for ${target} is not installed and could not be fetched; install it by other means`,
    });
  }
}

/** Runs cargo and returns the paths of the files that it made. */
function cargo(args, env) {
  const messages = run("cargo", ["build", "--message-format=json-render-diagnostics", ...args], {
    capture: true,
    env,
  });
  return messages
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .filter((message) => message.reason === "compiler-artifact")
    .flatMap((message) => [message.executable, ...message.filenames])
    .filter(Boolean);
}

function one(files, ending) {
  const found = files.findLast((file) => file.endsWith(ending));
  if (!found) {
    throw new Error(`cargo made no ${ending}`);
  }
  return found;
}

function size(file) {
  const bytes = readFileSync(file);
  return `${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzipped`;
}

function build() {
  const optimiser = tool("binaryen/bin/wasm-opt");
  const compiler = tool("typescript/bin/tsc");
  addTarget();

  step(`compiling the library for ${target}`);
  const features = process.argv.includes("--no-yaml") ? ["--no-default-features"] : [];
  const library = cargo(["--package", "cpcfit-wasm", "--profile", "wasm", "--target", target, ...features], {
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: rustFlags,
  });

  step("making the JavaScript side of the library and the types of the documents");
  const exe = process.platform === "win32" ? "cpcfit-wasm-bindgen.exe" : "cpcfit-wasm-bindgen";
  const bindgen = one(cargo(["--package", "cpcfit-wasm-bindgen"]), exe);
  rmSync(generated, { recursive: true, force: true });
  run(bindgen, [one(library, ".wasm"), generated]);

  step("optimising");
  rmSync(pkg, { recursive: true, force: true });
  mkdirSync(join(pkg, "generated"), { recursive: true });
  const wasm = join(pkg, "cpcfit.wasm");
  run(process.execPath, [optimiser, ...optimiserFlags, join(generated, "wasm_bg.wasm"), "-o", wasm]);

  step("compiling the TypeScript");
  run(process.execPath, [compiler, "--project", join(here, "tsconfig.build.json")]);
  for (const file of ["wasm.js", "documents.d.ts"]) {
    if (existsSync(join(generated, file))) cpSync(join(generated, file), join(pkg, "generated", file));
  }

  step(`pkg/cpcfit.wasm: ${size(wasm)} (before optimising: ${statSync(join(generated, "wasm_bg.wasm")).size} bytes)`);
}

try {
  build();
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exitCode = error instanceof Missing ? 2 : 1;
}

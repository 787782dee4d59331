// A project that has installed the package as npm would pack it.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Makes the project from a folder of files; returns its path and how to remove it. */
export function consumer(files) {
  const folder = mkdtempSync(join(tmpdir(), "cpcfit-consumer-"));
  cpSync(new URL(files, import.meta.url), folder, { recursive: true });
  const installed = join(folder, "node_modules", "cpcfit");
  mkdirSync(installed, { recursive: true });
  const packed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const archive = join(folder, JSON.parse(packed)[0].filename);
  execFileSync("tar", ["-xzf", archive, "-C", installed, "--strip-components=1"]);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

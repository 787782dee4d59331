// Headless Chromium for tests, and a server on this machine for the pages that it opens.

import { accessSync, constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";

const executable = process.env.CHROMIUM ?? "/usr/bin/chromium";
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const types = {
  ".html": "text/html",
  ".mjs": "text/javascript",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

/** Why there can be no browser test here, or `undefined`. */
export function missingChromium() {
  try {
    accessSync(executable, constants.X_OK);
    return undefined;
  } catch {
    return `no Chromium at ${executable}: install it, or name it in the variable CHROMIUM`;
  }
}

/** Serves the files of a folder on a free port; returns its address and how to stop it. */
export async function serve(folder) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    try {
      const body = await readFile(join(folder, path.endsWith("/") ? `${path}index.html` : path));
      response.writeHead(200, { "content-type": types[extname(path)] ?? "text/html" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Opens a page and returns what its script leaves in `window.result`; what the page logs as an error fails it. */
export async function resultOf(address) {
  const browser = await chromium.launch({ executablePath: executable, args: flags });
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(address);
    await page.waitForFunction("window.result !== undefined", undefined, { timeout: 20_000 }).catch((error) => {
      throw new Error(`${error.message}; the page says: ${errors.join("; ") || "nothing"}`);
    });
    return await page.evaluate("window.result");
  } finally {
    await browser.close();
  }
}

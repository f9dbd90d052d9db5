// Looks at pages in a real browser, on a phone and on a desk, in light and in dark.
//
//   node look.mjs [--dark] [--out FOLDER] URL…
//
// Takes a screenshot of each and fails on anything that axe-core finds (WCAG 2.2 AA and best practices), on a page that
// is wider than the window, on a target smaller than 44 px that is not a link inside a sentence, and on every error that
// the browser prints (Content-Security-Policy, missing files, scripts).
// CHROMIUM names the browser; /usr/bin/chromium without.

import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

// Runs in the page: what sticks out, and what is too small to be hit with a thumb.
const measure = () => {
  const name = (element) => `<${element.localName}> ${(element.textContent || element.name || "").trim().slice(0, 40)}`;
  const visible = (element) => element.checkVisibility() && element.getBoundingClientRect().right > 0;
  const window_ = document.documentElement.clientWidth;
  const wide = [...document.body.querySelectorAll("*")].filter((element) => visible(element))
    .filter((element) => element.getBoundingClientRect().right > window_ + 1 && !element.closest(".scrolls"));
  const inline = (element) => element.localName === "a" && getComputedStyle(element).display === "inline";
  const small = [...document.querySelectorAll("a, button, input:not([type=hidden]), summary")]
    .filter((element) => visible(element) && !inline(element))
    .filter((element) => element.getBoundingClientRect().height < 44 || element.getBoundingClientRect().width < 24);
  return { wide: wide.map(name), small: small.map(name) };
};

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const { values, positionals: urls } = parseArgs({
  allowPositionals: true,
  options: { out: { type: "string" }, dark: { type: "boolean", default: false } },
});
if (urls.length === 0) {
  console.error("usage: node look.mjs [--dark] [--out FOLDER] URL…");
  process.exit(2);
}
if (values.out) await mkdir(values.out, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
let faults = 0;
const fault = (where, what) => {
  faults += 1;
  console.log(`✗ ${where}: ${what}`);
};

for (const width of [360, 1280]) {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: values.dark ? "dark" : "light",
    isMobile: width < 500,
    hasTouch: width < 500,
  });
  for (const url of urls) {
    const page = await context.newPage();
    const where = `${url} at ${width}px`;
    // A page that is itself a 4xx or 5xx prints its own status; that is what it is for.
    page.on("console", (message) => {
      if (message.type() === "error" && message.location().url !== url) fault(where, message.text());
    });
    page.on("pageerror", (error) => fault(where, error.message));
    page.on("requestfailed", (request) => fault(where, `${request.url()} ${request.failure()?.errorText}`));
    await page.goto(url, { waitUntil: "load" });
    if (values.out) {
      const { pathname, search } = new URL(url);
      const name = `${pathname}${search}`.replace(/[^\w-]+/g, "_").replace(/^_|_$/g, "") || "root";
      const file = `${name}-${width}${values.dark ? "-dark" : ""}.png`;
      await page.screenshot({ path: path.join(values.out, file), fullPage: true });
    }
    const { wide, small } = await page.evaluate(measure);
    if (wide.length > 0) fault(where, `wider than the window: ${wide.join(", ")}`);
    for (const target of small) fault(where, `target too small: ${target}`);

    await page.evaluate(axe); // from outside the page, so that its policy need not allow it
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    for (const { id, help, nodes } of violations) {
      fault(where, `${id}: ${help}\n    ${nodes.map((node) => node.html.slice(0, 200)).join("\n    ")}`);
    }
    await page.close();
  }
  await context.close();
}
await browser.close();
console.log(`${urls.length} pages at 2 widths${values.dark ? " in the dark" : ""}: ${faults} faults`);
process.exit(faults === 0 ? 0 : 1);

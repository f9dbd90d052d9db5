// Debian's Chromium, and what every page is looked at for: axe-core (WCAG 2.2 AA and best practices), nothing wider than
// the window, no target smaller than 44 px that is not a link inside a sentence, and no error that the browser prints
// (Content-Security-Policy, missing files, scripts).
//
// CHROMIUM names the browser; /usr/bin/chromium without.

import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

/** A window of this width; below 500 px it is a phone's. */
export const windowOf = (browser, width, options = {}) => browser.newContext({
  viewport: { width, height: 800 },
  isMobile: width < 500,
  hasTouch: width < 500,
  ...options,
});

/**
 * Does what leads to another page, and waits until that page is there. An address to wait for is not enough where it may
 * fit the page that is left (`/step-up?back=/tenants`, a form that comes back to itself), nor is the click where a script
 * sends the form.
 */
export const leads = (page, act) => Promise.all([page.waitForEvent("load"), act()]);

/** Collects what is wrong. */
export class Faults {
  count = 0;

  add(where, what) {
    this.count += 1;
    console.log(`✗ ${where}: ${what}`);
  }

  /** Listens to the errors of a page; `where()` says which page it is when one comes. */
  listen(page, where) {
    page.on("console", (message) => {
      // A page that is itself a 4xx or 5xx prints its own status; that is what it is for.
      const isOwnStatus = message.location().url === page.url() && /the server responded with a status/.test(message.text());
      if (message.type() === "error" && !isOwnStatus) this.add(where(), message.text());
    });
    page.on("pageerror", (error) => this.add(where(), error.message));
    page.on("requestfailed", (request) => {
      const why = request.failure()?.errorText;
      if (why !== "net::ERR_ABORTED") this.add(where(), `${request.url()} ${why}`); // aborted: the page was left
    });
  }

  /** Measures a page and asks axe-core about it. */
  async look(page, where) {
    const { wide, small } = await page.evaluate(measure);
    if (wide.length > 0) this.add(where, `wider than the window: ${wide.join(", ")}`);
    for (const target of small) this.add(where, `target too small: ${target}`);
    await page.evaluate(axe); // from outside the page, so that its policy need not allow it
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    for (const { id, help, nodes } of violations) {
      this.add(where, `${id}: ${help}\n    ${nodes.map((node) => node.html.slice(0, 200)).join("\n    ")}`);
    }
  }
}

/** Takes a picture of the whole page, if there is a folder for it. */
export async function picture(page, folder, name) {
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}

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

// People who work here in Chromium with a client certificate, or none: each visit has a home of its own with NSS's
// database, and a policy says that Chromium shows the certificate that is in it. Prints where each visit ended as JSON.
//
//   VISITS            JSON: a list of { name, home, url, is_first }
//   POLICIES          a folder that stands in for /etc/chromium while Chromium runs
//   LOGIN, PASSWORD   who logs in
//   TOTP              their second factor's secret; the first visit proves it

import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";
import { leads } from "./browser.mjs";
import { totp } from "./desk.mjs";

const { POLICIES, LOGIN, PASSWORD, TOTP } = process.env;

// Policies have one place only: a namespace of mounts of its own has another folder there, and nobody else sees it.
const starter = path.join(POLICIES, "start");
const map = process.getuid() === 0 ? "" : "-Ur";
writeFileSync(starter, `#!/bin/sh
exec unshare ${map} -m sh -c 'mount --bind "$0" /etc/chromium && exec "\${CHROMIUM:-/usr/bin/chromium}" "$@"' ${POLICIES} "$@"
`);
chmodSync(starter, 0o755);

async function visit({ name, home, url, is_first }) {
  const context = await chromium.launchPersistentContext(path.join(home, `profile-${new URL(url).port}`), {
    executablePath: starter,
    env: { ...process.env, HOME: home, XDG_DATA_HOME: path.join(home, ".local/share"), XDG_CONFIG_HOME: path.join(home, ".config") },
    ignoreHTTPSErrors: true, // the gateway's own certificate is no browser's
    locale: "en",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  try {
    const page = await context.newPage();
    await page.goto(`${url}/staff/login`);
    await page.fill("#login", LOGIN);
    await page.fill("#password", PASSWORD);
    await leads(page, () => page.click("main form button"));
    let { pathname } = new URL(page.url());
    if (pathname === "/staff/code" && is_first) {
      await page.fill("#code", totp(TOTP));
      await leads(page, () => page.click("form[action='/staff/code'] button"));
      ({ pathname } = new URL(page.url()));
    }
    const ended = pathname === "/staff/login" ? await page.locator("h1").innerText() : pathname;
    return { name, ended };
  } finally {
    await context.close();
  }
}

const ended = [];
for (const each of JSON.parse(process.env.VISITS)) ended.push(await visit(each));
console.log(JSON.stringify(ended));

// Passkeys in Chromium, with an authenticator of its own (CDP's WebAuthn domain): the operator's first login makes one
// instead of an app, logs in and steps up with it, adds a second, asks one of everybody, removes the first; what was
// removed opens nothing. Without script the page says so and takes a recovery code. Each page is looked at.
//
// PEDELL is the address, which has a name (browsers make no passkey for an IP address); INVITATION the operator's link;
// SCREENSHOTS a folder for pictures.

import assert from "node:assert/strict";
import { Faults, launch, leads, picture, windowOf } from "./browser.mjs";
import { authenticator } from "./desk.mjs";

const { PEDELL, INVITATION, SCREENSHOTS } = process.env;
const LOGIN = "olga@verbund.example";
const PASSWORD = "Nachts fahren die Busse im Stern";
const faults = new Faults();
const browser = await launch();

/** A window; `script` says whether it runs any. */
async function open(script = true) {
  const context = await windowOf(browser, 360, { locale: "de", javaScriptEnabled: script });
  const page = await context.newPage();
  faults.listen(page, () => page.url().replace(PEDELL, ""));
  return page;
}

/** Clicks on what leads to the page at this path. */
async function click(page, what, path) {
  await leads(page, () => (typeof what === "string" ? page.click(what) : what.click()));
  assert.equal(new URL(page.url()).pathname, path);
}

async function look(page, step) {
  await faults.look(page, step);
  await picture(page, SCREENSHOTS, step);
}

async function password(page) {
  await page.goto(`${PEDELL}/staff/login`);
  await page.fill("#login", LOGIN);
  await page.fill("#password", PASSWORD);
  await click(page, "main form button", "/staff/code");
}

async function make(page, name) {
  await page.fill("#name", name);
  await page.click("#passkey button");
}

try {
  const page = await open();
  const phone = await authenticator(page);
  await page.goto(INVITATION);
  await page.fill("#password", PASSWORD);
  await page.fill("#again", PASSWORD);
  await click(page, "main form button", "/staff/factor");
  await click(page, "main a[href='/staff/passkey']", "/staff/passkey");
  await look(page, "first-passkey");

  // A device that does not know whose finger it is makes none.
  await phone.verified(false);
  await make(page, "Telefon");
  await page.waitForSelector("#passkey-failed:not([hidden])", { timeout: 60_000 });
  await look(page, "not-verified");
  await phone.verified(true);
  await make(page, "Telefon");
  await page.waitForSelector(".codes");
  const codes = await page.locator(".codes li").allInnerTexts();
  assert.equal(codes.length, 10);
  assert.equal((await phone.credentials()).length, 1);
  await click(page, "main a.button", "/staff");
  await click(page, "form[action='/staff/logout'] button", "/staff/login");

  // It logs in.
  await password(page);
  await look(page, "code-or-passkey");
  await click(page, "#passkey button", "/staff");

  // It steps up.
  await page.goto(`${PEDELL}/staff/step-up?back=/staff/tenants`);
  await look(page, "step-up");
  await click(page, "#passkey button", "/staff/tenants");

  // Another device; the first may not make a second one. (The first is kept aside, with its private key.)
  const [first] = await phone.credentials();
  await phone.remove();
  const key = await authenticator(page);
  await page.goto(`${PEDELL}/staff/account`);
  await look(page, "account-one");
  await click(page, "main a[href='/staff/passkey']", "/staff/passkey");
  await page.fill("#name", "Schlüssel");
  await click(page, "#passkey button", "/staff/account");
  assert.equal(await page.locator("form[action='/staff/account/factor']").count(), 2);
  await look(page, "account-two");

  // A passkey is asked of everybody.
  await page.goto(`${PEDELL}/staff/people`);
  await page.selectOption("#passkey", "everybody");
  await look(page, "rules");
  await click(page, "form[action='/staff/people/rules'] button", "/staff/people");
  assert.equal(await page.locator("#passkey").inputValue(), "everybody");

  // The first is removed; the other stays.
  await page.goto(`${PEDELL}/staff/account`);
  await click(page, page.locator(".cards > li", { hasText: "Telefon" }).locator("button"), "/staff/account");
  assert.ok(!(await page.locator("main").innerText()).includes("Telefon"));
  assert.equal(await page.locator("form[action='/staff/account/factor']").count(), 0, "the last one stays");
  await click(page, "form[action='/staff/logout'] button", "/staff/login");

  // With the removed one only, nothing goes on: neither asked for nor, if it answers all the same, taken.
  await password(page);
  assert.equal(await page.locator("#code").count(), 0, "no code is taken");
  await look(page, "passkey-only");
  const [second] = await key.credentials();
  await key.remove();
  const old = await authenticator(page);
  await old.add(first);
  await page.evaluate((id) => {
    const form = document.getElementById("passkey");
    const get = navigator.credentials.get.bind(navigator.credentials);
    const raw = Uint8Array.from(atob(id), (c) => c.charCodeAt(0));
    navigator.credentials.get = ({ publicKey }) =>
      get({ publicKey: { ...publicKey, allowCredentials: [{ type: "public-key", id: raw }] } });
    form.requestSubmit();
  }, first.credentialId);
  await page.waitForSelector("main > .alert:not([hidden])");
  assert.equal(new URL(page.url()).pathname, "/staff/code/passkey");
  await look(page, "removed");
  await old.remove();
  const back = await authenticator(page);
  await back.add(second);
  await click(page, "#passkey button", "/staff");

  // Without script: the page says that it takes one. A recovery code counts again once no passkey is asked for.
  await page.goto(`${PEDELL}/staff/people`);
  await page.selectOption("#passkey", "nobody");
  await click(page, "form[action='/staff/people/rules'] button", "/staff/people");
  const plain = await open(false);
  await password(plain);
  assert.ok((await plain.locator("main").innerText()).includes("JavaScript"));
  assert.ok(!(await plain.locator("#passkey").isVisible()));
  await picture(plain, SCREENSHOTS, "without-script");
  await plain.fill("#code", codes[0]);
  await click(plain, "form[action='/staff/code'] button", "/staff");
} catch (error) {
  for (const page of browser.contexts().flatMap((context) => context.pages())) {
    console.log(`at ${page.url().slice(0, 120)}\n${(await page.locator("main").innerText().catch(() => "")).slice(0, 800)}`);
    await picture(page, SCREENSHOTS, "failed");
  }
  faults.add("the story", error.stack);
} finally {
  await browser.close();
}
console.log(`${faults.count} faults`);
process.exit(faults.count === 0 ? 0 : 1);

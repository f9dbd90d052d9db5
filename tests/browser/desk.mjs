// People who work here, in Chromium: their windows, their codes, their phones.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { leads, picture, windowOf } from "./browser.mjs";

/** RFC 6238. */
export function totp(base32, at = Date.now()) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...base32].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const tag = createHmac("sha1", key).update(counter).digest();
  const value = tag.readUInt32BE(tag.at(-1) & 15) & 0x7fffffff;
  return String(value % 1_000_000).padStart(6, "0");
}

/** Codes count once: the present one, or the next as soon as it is shown. */
const used = new Map();
export async function freshCode(secret) {
  const step = () => Math.floor(Date.now() / 30_000);
  while ((used.get(secret) ?? -1) >= step()) await new Promise((resolve) => setTimeout(resolve, 500));
  used.set(secret, step());
  return totp(secret);
}

/** The key in the QR code, as a phone's camera reads it off the screen. */
export async function scan(page) {
  const png = PNG.sync.read(await page.locator(".qr svg").screenshot());
  const found = jsQR(new Uint8ClampedArray(png.data), png.width, png.height);
  assert.ok(found, "the QR code can be read off the screen");
  const uri = new URL(found.data);
  assert.equal(uri.protocol, "otpauth:");
  return uri.searchParams.get("secret");
}

/** A telephone or a key that knows its owner's finger. */
export async function authenticator(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const verified = (isUserVerified) => cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  const credentials = async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  const add = (credential) => cdp.send("WebAuthn.addCredential", { authenticatorId, credential });
  const remove = () => cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
  return { verified, credentials, add, remove };
}

/** The sections of each rank. */
const sees = {
  clerk: ["/staff", "/staff/counter", "/staff/verifications", "/staff/account"],
  senior_clerk: ["/staff", "/staff/counter", "/staff/verifications", "/staff/statistics", "/staff/account"],
  outlet_manager: ["/staff", "/staff/counter", "/staff/verifications", "/staff/statistics", "/staff/people", "/staff/certificates", "/staff/account"],
  agency_manager: ["/staff", "/staff/counter", "/staff/verifications", "/staff/statistics", "/staff/people", "/staff/certificates", "/staff/audit", "/staff/account"],
  organizer_staff: ["/staff", "/staff/rosters", "/staff/statistics", "/staff/account"],
  organizer_manager: ["/staff", "/staff/connection", "/staff/rosters", "/staff/verifications", "/staff/statistics", "/staff/issuers", "/staff/machines", "/staff/people", "/staff/certificates", "/staff/audit", "/staff/account"],
  operator: ["/staff", "/staff/tenants", "/staff/counters", "/staff/issuers", "/staff/people", "/staff/certificates", "/staff/audit", "/staff/account"],
};

/** Somebody's window. */
export class Desk {
  /** `scene`: width, language, and whether scripts run; `all`: the browser, its faults, where Pedell is, where pictures go. */
  static async begin(all, { width, language, script }) {
    const context = await windowOf(all.browser, width, { locale: language, javaScriptEnabled: script });
    const desk = new Desk();
    Object.assign(desk, { ...all, context, script });
    desk.name = `${width}-${language}${script ? "" : "-noscript"}`;
    desk.page = await context.newPage();
    desk.faults.listen(desk.page, () => `${desk.name} ${desk.page.url().replace(desk.url, "")}`);
    return desk;
  }

  async look(step) {
    if (!this.script) return; // axe-core is a script
    await this.faults.look(this.page, `${this.name} ${step}`);
    await picture(this.page, this.pictures, `${step}.${this.name}`);
  }

  open(path) {
    return this.page.goto(`${this.url}${path}`);
  }

  /** Clicks on what leads to another page. */
  async click(selector) {
    await leads(this.page, () => this.page.click(selector));
  }

  path() {
    return new URL(this.page.url()).pathname;
  }

  async logIn(person) {
    await this.open("/staff/login");
    await this.page.fill("#login", person.login);
    await this.page.fill("#password", person.password);
    await this.click("main form button");
    if (person.totp_secret) {
      assert.equal(this.path(), "/staff/code");
      await this.page.fill("#code", await freshCode(person.totp_secret));
      await this.click("form[action='/staff/code'] button");
    }
    assert.equal(this.path(), "/staff");
  }

  sections() {
    return this.page.locator("nav.sections li a").evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
  }

  /** The page of each section that this rank has; whatever others have is not there. */
  async seesItsOwn(rank) {
    const sections = await this.sections();
    assert.deepEqual(sections, sees[rank], rank);
    for (const path of sections) {
      assert.equal((await this.open(path)).status(), 200, `${rank} ${path}`);
      await this.look(`${rank}${path.replaceAll("/", "-")}`);
    }
    for (const path of new Set(Object.values(sees).flat())) {
      if (!sections.includes(path)) assert.equal((await this.open(path)).status(), 404, `${rank} ${path}`);
    }
    await this.open("/staff");
  }

  async logOut() {
    await this.click("form[action='/staff/logout'] button");
    assert.equal(this.path(), "/staff/login");
  }
}

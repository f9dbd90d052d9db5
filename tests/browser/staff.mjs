// The people who work here, in Chromium on the running demo: everybody logs in and sees exactly what their rank sees; the
// operator makes a university and invites its manager, who sets a password, scans the QR code from the picture of the page,
// keeps the recovery codes, and invites somebody in turn. Each page is looked at (axe-core, width, targets, errors).
//
// PEDELL is the demo's address, STAFF its people as `pedell demo --json` prints them, SCREENSHOTS a folder for pictures.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { Faults, launch, leads, picture, windowOf } from "./browser.mjs";

const { PEDELL, SCREENSHOTS } = process.env;
const people = JSON.parse(process.env.STAFF);
const faults = new Faults();
const browser = await launch();

/** RFC 6238. */
function totp(base32, at = Date.now()) {
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
async function freshCode(secret) {
  const step = () => Math.floor(Date.now() / 30_000);
  while ((used.get(secret) ?? -1) >= step()) await new Promise((resolve) => setTimeout(resolve, 500));
  used.set(secret, step());
  return totp(secret);
}

class Desk {
  static async begin(width, language, script) {
    const context = await windowOf(browser, width, { locale: language, javaScriptEnabled: script });
    const desk = new Desk();
    Object.assign(desk, { context, script });
    desk.name = `${width}-${language}${script ? "" : "-noscript"}`;
    desk.page = await context.newPage();
    faults.listen(desk.page, () => `${desk.name} ${desk.page.url().replace(PEDELL, "")}`);
    return desk;
  }

  async look(step) {
    if (!this.script) return; // axe-core is a script
    await faults.look(this.page, `${this.name} ${step}`);
    await picture(this.page, SCREENSHOTS, `${step}.${this.name}`);
  }

  async logIn(person) {
    await this.page.goto(`${PEDELL}/staff/login`);
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

  /** Clicks on what leads to another page. */
  async click(selector) {
    await leads(this.page, () => this.page.click(selector));
  }

  path() {
    return new URL(this.page.url()).pathname;
  }

  sections() {
    return this.page.locator("nav.sections li a").evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
  }

  async logOut() {
    await this.click("form[action='/staff/logout'] button");
    assert.equal(this.path(), "/staff/login");
  }
}

const sees = {
  clerk: ["/staff", "/staff/counter", "/staff/verifications", "/staff/account"],
  senior_clerk: ["/staff", "/staff/counter", "/staff/verifications", "/staff/account"],
  outlet_manager: ["/staff", "/staff/counter", "/staff/verifications", "/staff/people", "/staff/certificates", "/staff/account"],
  agency_manager: ["/staff", "/staff/counter", "/staff/verifications", "/staff/people", "/staff/certificates", "/staff/audit", "/staff/account"],
  organizer_staff: ["/staff", "/staff/rosters", "/staff/statistics", "/staff/account"],
  organizer_manager: ["/staff", "/staff/connection", "/staff/rosters", "/staff/verifications", "/staff/statistics", "/staff/issuers", "/staff/machines", "/staff/people", "/staff/certificates", "/staff/audit", "/staff/account"],
  operator: ["/staff", "/staff/tenants", "/staff/counters", "/staff/issuers", "/staff/people", "/staff/certificates", "/staff/audit", "/staff/account"],
};

/** Each rank logs in and looks at all that it sees; nobody sees more. */
async function everyRank(scene, colleagues) {
  for (const person of colleagues) {
    const desk = await Desk.begin(scene.width, scene.language, scene.script);
    await desk.logIn(person);
    const sections = await desk.sections();
    assert.deepEqual(sections, sees[person.rank], person.rank);
    for (const path of sections) {
      const response = await desk.page.goto(`${PEDELL}${path}`);
      assert.equal(response.status(), 200, `${person.rank} ${path}`);
      await desk.look(`${person.rank}${path.replaceAll("/", "-")}`);
    }
    for (const path of new Set(Object.values(sees).flat())) {
      if (sections.includes(path)) continue;
      const response = await desk.page.goto(`${PEDELL}${path}`);
      assert.equal(response.status(), 404, `${person.rank} ${path}`);
    }
    await desk.page.goto(`${PEDELL}/staff`);
    await desk.logOut();
    await desk.look("logged-out");
    await desk.context.close();
  }
}

/** What is wrong is said, and opens nothing. */
async function refused(scene, person) {
  const desk = await Desk.begin(scene.width, scene.language, scene.script);
  await desk.page.goto(`${PEDELL}/staff`);
  assert.equal(new URL(desk.page.url()).pathname, "/staff/login");
  await desk.look("login");
  await desk.page.fill("#login", person.login);
  await desk.page.fill("#password", "a wrong guess");
  await desk.click("main form button");
  assert.equal(await desk.page.locator("[role=alert]").count(), 1);
  await desk.look("login-refused");
  const response = await desk.page.goto(`${PEDELL}/staff/invitation?code=00000000000000000000000000000000`);
  assert.equal(response.status(), 410);
  await desk.look("invitation-over");
  await desk.context.close();
}

/** The key in the QR code, as a phone's camera reads it off the screen. */
async function scan(page) {
  const png = PNG.sync.read(await page.locator(".qr svg").screenshot());
  const found = jsQR(new Uint8ClampedArray(png.data), png.width, png.height);
  assert.ok(found, "the QR code can be read off the screen");
  const uri = new URL(found.data);
  assert.equal(uri.protocol, "otpauth:");
  return uri.searchParams.get("secret");
}

/** Somebody opens their link, sets a password and a second factor up. */
async function joins(scene, link, password) {
  const desk = await Desk.begin(scene.width, scene.language, scene.script);
  await desk.page.goto(link);
  await desk.look("invitation");
  await desk.page.fill("#password", "12345678");
  await desk.page.fill("#again", "12345678");
  await desk.click("main form button");
  assert.equal(await desk.page.locator("[role=alert]").count(), 1);
  await desk.look("invitation-weak");
  await desk.page.fill("#password", password);
  await desk.page.fill("#again", password);
  await desk.click("main form button");
  assert.equal(desk.path(), "/staff/factor");
  await desk.look("enrol");
  const secret = await scan(desk.page);
  await desk.page.fill("#code", await freshCode(secret));
  await desk.click("form[action='/staff/factor'] button");
  assert.equal(await desk.page.locator(".codes li").count(), 10);
  await desk.look("recovery-codes");
  await desk.click("main a.button");
  assert.equal(desk.path(), "/staff");
  return { desk, secret };
}

/** The operator makes a university; its manager comes in and invites somebody. */
async function aNewUniversity(scene, operator) {
  const desk = await Desk.begin(scene.width, scene.language, scene.script);
  await desk.logIn(operator);
  const slug = `neustadt-${scene.width}-${scene.language}`;
  await desk.page.goto(`${PEDELL}/staff/tenants`);
  await desk.page.fill("#slug", slug);
  await desk.page.fill("#name_de", "Hochschule Neustadt");
  await desk.page.fill("#name_en", "Neustadt University");
  await desk.click("form[action='/staff/tenants'] button");
  await leads(desk.page, () => desk.page.locator(".cards > li", { hasText: slug }).locator("a.hit").click());
  await desk.page.fill("#name", "Nora Neumann");
  await desk.page.fill("#login", `nora@${slug}.example`);
  await desk.look("invite");
  await desk.click("form[action='/staff/people/new'] button");
  const link = await desk.page.locator("code.link").innerText();
  await desk.look("invited");

  const nora = await joins(scene, link, "Hinter dem Deich liegt ein Boot");
  await nora.desk.look("manager-overview");
  await nora.desk.page.goto(`${PEDELL}/staff/people/new`);
  await nora.desk.page.fill("#name", "Max <b>Muster</b>");
  await nora.desk.page.fill("#login", `max@${slug}.example`);
  await nora.desk.click("form[action='/staff/people/new'] button");
  const second = await nora.desk.page.locator("code.link").innerText();
  const max = await joins(scene, second, "Auf dem Markt singt eine Amsel");
  await max.desk.context.close();
  await nora.desk.page.goto(`${PEDELL}/staff/people`);
  assert.ok((await nora.desk.page.locator("main").innerText()).includes("Max <b>Muster</b>"), "names are text");
  await nora.desk.look("people");
  await nora.desk.click(".cards a.hit");
  await nora.desk.look("person");
  await nora.desk.click("button[value=block]");
  assert.equal(await nora.desk.page.locator("button[value=unblock]").count(), 1);
  await nora.desk.look("blocked");

  // The operator takes the view, looks, and gives it back; the manager sees it.
  await desk.page.goto(`${PEDELL}/staff/tenants`);
  const tenant = desk.page.locator(".cards > li", { hasText: slug });
  await tenant.locator("summary").click();
  await tenant.locator("[name=reason]").fill("Nora has called for help");
  await tenant.locator("[name=hours]").fill("2");
  await leads(desk.page, () => tenant.locator("details button").click());
  assert.equal(await tenant.locator("input[name=end]").count(), 1);
  await desk.look("tenants-viewed");
  const toPeople = desk.page.locator(".cards > li", { hasText: slug }).locator(".links a[href*=people]");
  await leads(desk.page, () => toPeople.click());
  assert.ok((await desk.page.locator("main").innerText()).includes("Nora Neumann"));
  await nora.desk.page.goto(`${PEDELL}/staff`);
  await nora.desk.look("manager-sees-the-view");
  await nora.desk.context.close();
  await desk.context.close();
}

/** A clerk checks students at the counter, and finds why one was refused; the colleague of another rank finds it too. */
async function atTheCounter(scene, clerk, senior) {
  const desk = await Desk.begin(scene.width, scene.language, scene.script);
  const { page } = desk;
  await desk.logIn(clerk);
  const fill = async ([number, given, family, born]) => {
    await page.fill("#matriculation_number", number);
    await page.fill("#given_names", given);
    await page.fill("#family_name", family);
    await page.fill("#birth_date", born);
    await desk.click("form[action='/staff/counter'] button");
  };
  const choose = async (university) => {
    await page.goto(`${PEDELL}/staff/counter`);
    await desk.click(`.cards a[href*='university=${university}']`);
  };
  await page.goto(`${PEDELL}/staff/counter`);
  assert.equal(await page.locator(".cards > li").count(), 4, "every university whose students type something");
  await desk.look("counter-choose");
  await choose("uni-lindenstadt");
  await desk.look("counter-form");
  await fill(["0041234", "zoe anna luise", "mueller luedenscheidt", "24.12.2003"]);
  assert.equal(await page.locator("h1.done").count(), 1);
  const eligible = await page.locator("main").innerText();
  assert.ok(eligible.includes("Müller-Lüdenscheidt") && !eligible.includes("mueller"), eligible);
  await desk.look("counter-eligible");
  if (scene.script) {
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.locator("output").isVisible());
    assert.ok(!(await page.locator("nav.sections").isVisible()), "what is printed is the outcome");
    await picture(page, SCREENSHOTS, `counter-printed.${desk.name}`);
    await page.emulateMedia({ media: "screen" });
  }
  await choose("uni-lindenstadt");
  await fill(["0041234", "Zoë Anna-Luise", "Meier", "24.12.2003"]);
  assert.equal(await page.locator("[role=alert]").count(), 1);
  await desk.look("counter-no-match");
  const number = (await page.locator("[role=alert]").innerText()).match(/[0-9A-Z]{5}-[0-9A-Z]{5}/)[0];
  await choose("ph-tannberg");
  await desk.look("counter-service");
  await fill(["0310043", "Emil", "Krüger", "09.09.2001"]);
  assert.equal(await page.locator("h1.refusal").count(), 1);
  await desk.look("counter-refused");

  const why = async (at) => {
    await at.page.goto(`${PEDELL}/staff/verifications`);
    await at.page.fill("#reference", number);
    await at.click("[role=search] button");
    assert.ok((await at.page.locator(".cards").innerText()).includes("not_enrolled"));
    await at.look("counter-why");
  };
  await why(desk);
  await desk.context.close();
  const other = await Desk.begin(scene.width, scene.language, scene.script);
  await other.logIn(senior);
  await why(other);
  await other.context.close();
}

const scenes = [
  { width: 360, language: "de", script: true },
  { width: 1280, language: "en", script: false },
];
try {
  const began = performance.now();
  const rank = (name) => people.find((person) => person.rank === name);
  for (const scene of scenes) {
    await everyRank(scene, people);
    await refused(scene, rank("clerk"));
    await atTheCounter(scene, rank("clerk"), rank("senior_clerk"));
    await aNewUniversity(scene, rank("operator"));
  }
  console.log(`${scenes.length} scenes in ${((performance.now() - began) / 1000).toFixed(1)} s`);
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

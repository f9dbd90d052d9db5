// A student's own account in Chromium, against a demo of its own: the ticket that the university's data are not enough for,
// the account where the birth date is added, the question before the first hand-over, the photo, the download, the
// withdrawal and the request for anonymisation; on a phone and on a desk, in German and in English, with script and
// without.
//
//   SHOP, PEDELL, IDP   the demo's addresses
//   ACCOUNTS            its accounts to log in with, as JSON
//   SCREENSHOTS         a folder for pictures of the pages with script; without it none are taken

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Faults, launch, leads, picture, windowOf } from "./browser.mjs";

const { SHOP, PEDELL, IDP, SCREENSHOTS } = process.env;
const accounts = JSON.parse(process.env.ACCOUNTS);
const lacking = accounts.find((account) => account.refused_with === "attribute_missing");
const good = accounts.find((account) => !account.refused_with);

const browser = await launch();
const faults = new Faults();

const scenes = [
  { width: 360, language: "de", script: true },
  { width: 360, language: "en", script: true },
  { width: 1280, language: "en", script: false },
];

/** The words that tell the pages' states apart. */
const WORDS = {
  de: { own: "von Ihnen ergänzt", born: "7. Mai 2001", nothing: "Noch nichts.", noPhoto: "kein Foto", asked: "verlangt" },
  en: { own: "added by yourself", born: "7 May 2001", nothing: "Nothing yet.", noPhoto: "not a photo", asked: "asked for" },
};

class Visit {
  static async begin(scene, name) {
    const context = await windowOf(browser, scene.width, { javaScriptEnabled: scene.script, locale: "fr-FR", acceptDownloads: true });
    const page = await context.newPage();
    page.setDefaultTimeout(40_000);
    const visit = Object.assign(new Visit(), { scene, name, context, page, step: "begin", words: WORDS[scene.language] });
    faults.listen(page, () => visit.where());
    return visit;
  }

  where() {
    const { width, script, language } = this.scene;
    return `${this.name}, ${this.step}, ${width}px ${language}${script ? "" : " without script"}`;
  }

  async look(step) {
    this.step = step;
    assert.equal(await this.page.locator("html").getAttribute("lang"), this.scene.language, `the page's language: ${step}`);
    if (!this.scene.script) return;
    await faults.look(this.page, this.where());
    await picture(this.page, SCREENSHOTS, `${this.name}-${step}-${this.scene.width}-${this.scene.language}`);
  }

  text(selector = "main") {
    return this.page.locator(selector).first().innerText();
  }

  /** From the shop to the university's login. */
  async buy(university) {
    await this.page.goto(`${SHOP}/?ui_locales=${this.scene.language}`);
    await this.page.click("form button");
    await this.page.waitForURL(`${PEDELL}/verify/choose?*`);
    await this.page.click(`#choose button[value="${university}"]`);
    await this.page.waitForURL(`${IDP}/sso?*`);
  }

  /** Logs in, and comes back to Pedell or, through it, to the shop. */
  async logIn(account) {
    await this.page.click(`button[name="account"][value="${account.id}"]`);
    if (!this.scene.script) {
      await this.page.waitForURL(`${IDP}/login`);
      await this.page.click("#onward button");
      await this.page.waitForURL(`${PEDELL}/saml/acs`);
      await this.page.click("#onward button");
    }
    const ends = ["/callback", "/verify/saml", "/verify/consent", "/account"];
    await this.page.waitForURL((url) => ends.includes(url.pathname));
    await this.page.waitForLoadState();
  }

  async openAccount(account) {
    await this.page.goto(`${PEDELL}/account?ui_locales=${this.scene.language}`);
    await this.look("which-university");
    await this.page.click(`#choose button[value="${account.university}"]`);
    await this.page.waitForURL(`${IDP}/sso?*`);
    await this.logIn(account);
    assert.equal(new URL(this.page.url()).pathname, "/account");
  }

  async change(name) {
    await leads(this.page, () => this.page.click(`button[name="change"][value="${name}"]`));
  }

  async upload(name, mimeType, buffer) {
    await this.page.setInputFiles("#photo", { name, mimeType, buffer });
    await leads(this.page, () => this.page.click('form[action="/account/photo"] button'));
  }

  path() {
    return new URL(this.page.url()).pathname;
  }
}

/** A photo that this browser made: a canvas, as PNG. */
async function photo(page) {
  const data = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    canvas.width = 480;
    canvas.height = 640;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#7aa2c9";
    pen.fillRect(0, 0, 480, 640);
    pen.fillStyle = "#f0c9a4";
    pen.beginPath();
    pen.arc(240, 260, 120, 0, 7);
    pen.fill();
    return canvas.toDataURL("image/png").split(",")[1];
  });
  return Buffer.from(data, "base64");
}

const drawer = await (await windowOf(browser, 800)).newPage();
const portrait = await photo(drawer);

async function story(scene) {
  const visit = await Visit.begin(scene, "account");
  const { page, words } = visit;

  await visit.buy(lacking.university);
  await visit.logIn(lacking);
  await visit.look("missing");
  assert((await page.locator("dl code").allInnerTexts()).includes("attribute_missing"));
  assert.equal(await page.locator('main a[href^="/account"]').count(), 1, "the way to add what is missing");

  await visit.openAccount(lacking);
  await visit.look("account-new");
  assert((await visit.text()).includes(lacking.family_name));
  if (scene === scenes[0]) assert((await visit.text()).includes(words.nothing), "nothing was passed on");
  await page.fill("#birth_date", "31.02.2001");
  await visit.change("birth_date");
  await visit.look("account-wrong-date");
  assert.equal(await page.locator('input[aria-invalid="true"]').count(), 1);
  await page.fill("#birth_date", "7.5.2001");
  await visit.change("birth_date");
  assert.equal(visit.path(), "/account");
  assert((await visit.text()).includes(words.born) && (await visit.text()).includes(words.own));

  await visit.upload("me.jpg", "image/jpeg", Buffer.from("<svg onload='alert(1)'>"));
  await visit.look("account-no-photo");
  assert((await visit.text(".alert")).includes(words.noPhoto));
  await visit.upload("me.png", "image/png", portrait);
  await page.waitForURL(`${PEDELL}/account?*`);
  const image = page.locator("img.photo");
  assert.equal(await image.count(), 1);
  if (scene.script) assert(await image.evaluate((photo) => photo.complete && photo.naturalWidth > 100), "it is shown");
  await visit.look("account-with-photo");

  await visit.buy(lacking.university);
  await visit.logIn(lacking);
  assert.equal(visit.path(), "/verify/consent");
  await visit.look("consent");
  assert((await visit.text(".ticks")).includes(words.own), "what is the student's own word is marked");
  await page.click('button[name="cancel"]');
  await page.waitForURL(`${SHOP}/callback?*`);
  assert((await page.locator("dl code").allInnerTexts()).includes("consent_denied"));

  await visit.buy(lacking.university);
  await visit.logIn(lacking);
  await page.click('button[name="agree"]');
  await page.waitForURL(`${SHOP}/callback?*`);
  assert((await visit.text(".ticket")).includes(words.born), "the ticket has the birth date");
  assert.equal(await page.locator(".ticket small").count(), 1, "marked as the student's own word");

  await visit.buy(lacking.university);
  await visit.logIn(lacking);
  await page.waitForURL(`${SHOP}/callback?*`);
  assert.equal(await page.locator(".ticket").count(), 1, "not asked a second time");

  await page.goto(`${PEDELL}/account?ui_locales=${scene.language}`);
  await visit.look("account-full");
  assert(!(await visit.text()).includes(words.nothing));
  const [download] = await Promise.all([page.waitForEvent("download"), page.click('a[href="/account/download"]')]);
  const all = JSON.parse(await readFile(await download.path(), "utf8"));
  assert.equal(all.received.family_name.value, lacking.family_name);
  assert.equal(all.self_asserted.birthdate.value, "2001-05-07");
  assert.deepEqual(all.passed_on[0].self_asserted, ["birthdate"]);
  assert(all.self_asserted.picture.value.startsWith("data:image/jpeg;base64,"));

  await visit.change("withdraw");
  assert.equal(await page.locator('button[value="withdraw"]').count(), 0);
  await visit.buy(lacking.university);
  await visit.logIn(lacking);
  assert.equal(visit.path(), "/verify/consent", "asked again after the withdrawal");

  await page.goto(`${PEDELL}/account?ui_locales=${scene.language}`);
  await visit.change("remove_photo");
  assert.equal(await page.locator("img.photo").count(), 0);
  await visit.change("remove_birth_date");
  if (scene === scenes[0]) await visit.change("anonymise"); // the others share the account, and see that it is asked for
  await visit.look("account-anonymise");
  assert((await visit.text()).includes(words.asked));
  await visit.change("leave");
  assert.equal(visit.path(), "/");
  const names = (await visit.context.cookies(PEDELL)).map((cookie) => cookie.name);
  assert(!names.includes("pedell-account"), "the pass is gone");
  await visit.context.close();
}

/** Somebody about whom the university says everything. */
async function nothingToAdd(scene) {
  const visit = await Visit.begin(scene, "consent");
  const { page } = visit;
  await visit.buy(good.university);
  await visit.logIn(good);
  if (visit.path() === "/verify/consent") {
    await visit.look("question");
    assert.equal(await page.locator(".mark").count(), 0, "nothing of it is the student's own word");
    await page.click('button[name="agree"]');
  }
  await page.waitForURL(`${SHOP}/callback?*`);
  assert.equal(await page.locator(".ticket").count(), 1);
  await visit.context.close();
}

try {
  // One after the other: they share an account.
  for (const scene of scenes) {
    await story(scene);
    await nothingToAdd(scene);
  }
} catch (error) {
  for (const page of browser.contexts().flatMap((context) => context.pages())) {
    console.log(`at ${page.url().slice(0, 120)}\n${(await page.locator("main").innerText().catch(() => "")).slice(0, 800)}`);
    await picture(page, SCREENSHOTS, "failed");
  }
  faults.add("the account's story", error.stack);
} finally {
  await browser.close();
}
console.log(`${scenes.length} scenes, ${faults.count} faults`);
process.exit(faults.count === 0 ? 0 : 1);

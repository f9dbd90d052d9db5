// What students live through, in Chromium against the running demo: from the shop to the ticket or to a refusal that says
// what to do, on a phone and on a desk, in German and in English, with script and without.
//
//   SHOP, PEDELL, IDP, OP   the demo's addresses
//   STUDENTS       its students to try, as JSON
//   ACCOUNTS       those who log in at the university that speaks SAML, as JSON
//   MEMBERS        those who log in at the one that speaks OpenID Connect, as JSON
//   SCREENSHOTS    a folder for pictures of the pages with script; without it none are taken

import assert from "node:assert/strict";
import { Faults, launch, leads, picture, windowOf } from "./browser.mjs";

const { SHOP, PEDELL, IDP, OP, SCREENSHOTS } = process.env;
const students = JSON.parse(process.env.STUDENTS);
const logins = [
  { method: "saml", door: `${IDP}/sso`, people: JSON.parse(process.env.ACCOUNTS) },
  { method: "oidc", door: `${OP}/auth`, people: JSON.parse(process.env.MEMBERS) },
];
const LOCKED = { de: "Zu viele Versuche", en: "Too many attempts" };

const browser = await launch();
const faults = new Faults();

/** A student with a browser of their own. */
class Visit {
  static async begin(scene, name) {
    const { width, script } = scene;
    const context = await windowOf(browser, width, { javaScriptEnabled: script, locale: "fr-FR" });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const visit = Object.assign(new Visit(), { scene, name, context, page, step: "begin" });
    faults.listen(page, () => visit.where());
    return visit;
  }

  where() {
    const { width, script, language } = this.scene;
    return `${this.name}, ${this.step}, ${width}px ${language}${script ? "" : " without script"}`;
  }

  /** Looks at the page that is here now. */
  async look(step) {
    this.step = step;
    const { width, script, language, looked } = this.scene;
    assert.equal(await this.page.locator("html").getAttribute("lang"), language, "the page's language");
    // Every visit comes through these: they are looked at once.
    const isKnown = ["shop", "picker", "login"].includes(step) && looked.has(step);
    looked.add(step);
    if (!script || isKnown) return;
    await faults.look(this.page, this.where());
    await picture(this.page, SCREENSHOTS, `${this.name}-${step}-${width}-${language}`);
  }

  text(selector) {
    return this.page.locator(selector).first().innerText();
  }

  async shop(name) {
    await this.page.goto(`${SHOP}/?ui_locales=${this.scene.language}`);
    if (name) await this.page.fill("#name", name);
    await this.look("shop");
    await this.page.click("form button");
    await this.page.waitForURL(`${PEDELL}/verify/choose?*`);
  }

  async choose(university) {
    await this.look("picker");
    await this.page.click(`#choose button[value="${university}"]`);
    await this.page.waitForURL(/\/verify\/(roster|service)\?/);
  }

  async type(student) {
    const fields = ["matriculation_number", "given_names", "family_name", "birth_date"];
    for (const field of fields) {
      const input = this.page.locator(`input[name="${field}"]`);
      if (await input.count()) await input.fill(student[field]);
    }
    await leads(this.page, () => this.page.press('input[name="family_name"]', "Enter"));
  }

  /** To the university's own login, which knows nothing of the shop's language. */
  async goToLogin(university, door) {
    await this.page.click(`#choose button[value="${university}"]`);
    await this.page.waitForURL(`${door}?*`);
    if ((await this.page.locator("html").getAttribute("lang")) !== this.scene.language) {
      await this.page.click(`header nav a[lang="${this.scene.language}"]`);
      await this.page.waitForURL(new RegExp(`ui_locales=${this.scene.language}`));
    }
    await this.look("login");
  }

  /** Logs in, and comes back to Pedell: by itself, or by two buttons without script. */
  async logIn(account, method) {
    await this.page.click(`button[name="account"][value="${account}"]`);
    if (method === "saml" && !this.scene.script) {
      await this.page.waitForURL(`${IDP}/login`);
      await this.look("onward");
      await this.page.click("#onward button");
      await this.page.waitForURL(`${PEDELL}/saml/acs`);
      await this.look("hop");
      await this.page.click("#onward button");
    }
    const ends = (path) => ["/callback", "/verify/consent"].includes(path) || path.startsWith(`/verify/${method}`);
    await this.page.waitForURL((url) => ends(url.pathname));
    // Asked once: the first of the scenes whose student this is agrees for all.
    if (new URL(this.page.url()).pathname === "/verify/consent") {
      await this.look("consent");
      await this.page.click('button[name="agree"]');
      await this.page.waitForURL(`${SHOP}/callback?*`);
    }
  }

  async cancel() {
    await this.page.click('button[name="cancel"]');
    await this.page.waitForURL(`${SHOP}/callback?*`);
  }

  /** The shop has no ticket: it shows the code and the number, and Pedell explains the number. */
  async refusedInTheShop(reason, reference) {
    await this.look("no-ticket");
    const facts = await this.page.locator("dl code").allInnerTexts();
    assert(facts.includes(reason), `the shop got ${facts}, not ${reason}`);
    if (!reference) return assert.equal(await this.page.locator("a.quiet").count(), 0, "nothing was decided: no number");
    assert(facts.includes(reference), `the shop got ${facts}, not ${reference}`);
    await this.page.click("a.quiet");
    await this.page.waitForURL(`${PEDELL}/why?*`);
    assert.equal(await this.page.inputValue("#reference"), reference);
    const answer = this.page.locator("section.box h2");
    assert.equal(await answer.count(), 1, "the number is known");
    assert(await answer.innerText());
    assert((await this.text("section.box dl")).includes(reference));
    await this.look("why");
  }

  async ticketOf(student) {
    await this.page.waitForURL(`${SHOP}/callback?*`);
    assert.equal(await this.text(".ticket h2"), `${student.given_names} ${student.family_name}`, "the university's spelling");
    assert((await this.text(".ticket")).includes(student.university_name));
  }
}

async function story(scene) {
  const [first] = students;
  const visit = await Visit.begin(scene, "first");
  const { page } = visit;

  await visit.shop("zoe mueller luedenscheidt");
  await visit.look("picker");
  await byKeyboard(visit, first.university);
  await visit.look("form");
  await switchLanguage(visit);
  await visit.type({ ...first, given_names: "zoe", family_name: "mueller  luedenscheidt" });
  await visit.ticketOf(first);
  await visit.look("ticket");
  const notes = await page.locator(".note").allInnerTexts();
  const isFirst = !scene.seen;
  assert(notes[0].includes("zoe mueller luedenscheidt"), "the shop shows what was typed beside it");
  assert.equal(notes.length, isFirst ? 1 : 2, `a repeat is marked, and nothing else: ${notes}`);
  await cookies(visit);

  await leads(page, () => page.click("main > p > a.button"));
  await visit.shop("");
  await visit.look("remembered");
  await page.click("button.choice.last");
  await page.waitForURL(`${PEDELL}/verify/roster?*`);
  await visit.type(first);
  await visit.ticketOf(first);
  assert.equal(await page.locator(".note").count(), 1, "the second is a repeat");
  await visit.look("repeat");
  await visit.context.close();
}

/** Finds the university by typing, and takes it without a mouse. */
async function byKeyboard({ page, scene }, university) {
  await page.focus("#q");
  await page.keyboard.type("linden");
  await page.keyboard.press("Enter");
  if (scene.script) {
    assert.equal(await page.locator(".choices li:visible").count(), 1, "typing shortens the list");
    assert.equal(await page.locator("button:focus").getAttribute("value"), university, "Enter goes to the first choice");
    assert.match(await page.locator("#count").innerText(), /1|ein|one/i);
  } else {
    await page.waitForURL(/[?&]q=linden/);
    assert.equal(await page.locator(".choices li").count(), 1, "the server searches");
    await page.focus(`#choose button[value="${university}"]`);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(`${PEDELL}/verify/roster?*`);
}

async function switchLanguage({ page, scene }) {
  const other = scene.language === "de" ? "en" : "de";
  const before = await page.locator("h1").innerText();
  for (const language of [other, scene.language]) {
    await page.click(`header nav a[lang="${language}"]`);
    await page.waitForURL(new RegExp(`ui_locales=${language}`));
    assert.equal(await page.locator("html").getAttribute("lang"), language);
    assert.equal((await page.locator("h1").innerText()) === before, language === scene.language, "another language, other words");
  }
}

async function cookies({ context, scene }) {
  const found = await context.cookies(PEDELL);
  const names = found.filter((cookie) => cookie.name.startsWith("pedell-")).map((cookie) => cookie.name).sort();
  assert.deepEqual(names, ["pedell-browser", "pedell-language", "pedell-university"]);
  for (const cookie of found) {
    assert(cookie.httpOnly && cookie.sameSite === "Lax" && cookie.path === "/", JSON.stringify(cookie));
  }
  const value = (name) => found.find((cookie) => cookie.name === name);
  assert.equal(value("pedell-browser").expires, -1, "the login's cookie ends with the browser");
  assert.match(value("pedell-browser").value, /^[\w-]{22}$/, "and is random, nothing else");
  assert.equal(value("pedell-language").value, scene.language);
  assert.equal(value("pedell-university").value, students[0].university);
}

/** Every student of the demo's list ends as the list says. */
async function asTheListSays(scene) {
  for (const student of students) {
    const visit = await Visit.begin(scene, `${student.refused_with ?? "ticket"}-${student.university}`);
    const { page } = visit;
    await visit.shop(`${student.given_names} ${student.family_name}`);
    await visit.choose(student.university);
    const asked = page.url();
    await visit.type(student);
    if (!student.refused_with) {
      await visit.ticketOf(student);
      await visit.look("ticket");
      const how = asked.includes("/verify/service") ? "soap" : "roster";
      assert((await visit.text(".ticket")).includes(how), "the ticket says how it was proven");
    } else if (student.refused_with === "not_enrolled") {
      const alert = await visit.text(".alert");
      await visit.look("no-match");
      assert.equal(await page.inputValue('input[name="family_name"]'), student.family_name, "what was typed is still there");
      const [reference] = alert.match(/[0-9A-Z]{5}-[0-9A-Z]{5}/) ?? [];
      assert(reference, alert);
      await visit.cancel();
      await visit.refusedInTheShop("not_enrolled", reference);
    } else {
      await visit.look("refused");
      assert((await page.locator("dl code").allInnerTexts()).includes(student.refused_with));
      const reference = await visit.text(".reference output");
      assert((await page.locator(".box .links a").count()) > 0, "whom to ask");
      await page.click(".actions a.button.quiet");
      await page.waitForURL(`${SHOP}/callback?*`);
      await visit.refusedInTheShop(student.refused_with, reference);
    }
    await visit.context.close();
  }
}

/** Everybody with an account at a university ends as the demo says. */
async function loggingIn(scene) {
  const everybody = logins.flatMap(({ people, ...login }) => people.map((account) => ({ ...login, account })));
  for (const { account, method, door } of everybody) {
    const visit = await Visit.begin(scene, `${method}-${account.id}`);
    const { page } = visit;
    await visit.shop("somebody");
    await visit.look("picker");
    await visit.goToLogin(account.university, door);
    await visit.logIn(account.id, method);
    if (!account.refused_with) {
      await visit.ticketOf(account);
      await visit.look("ticket");
      assert((await visit.text(".ticket")).includes(method), "the ticket says how it was proven");
      const names = (await visit.context.cookies(PEDELL)).map((cookie) => cookie.name).filter((name) => /-(saml|login)-/.test(name));
      assert(names.length <= 1, `at most one login is remembered: ${names}`);
    } else {
      await visit.look("refused");
      assert((await page.locator("dl code").allInnerTexts()).includes(account.refused_with));
      const missing = await page.locator("main ul:not(.links) li").allInnerTexts();
      const named = { de: "Ihr Geburtsdatum", en: "your date of birth" }[scene.language];
      assert.deepEqual(missing, account.refused_with === "attribute_missing" ? [named] : [], "what is missing is named");
      const reference = await visit.text(".reference output");
      if (method === "oidc") {
        await page.reload();
        assert.equal((await visit.text(".reference output")) === reference, account.refused_with !== "login_failed", "the same answer again is the same verification");
      }
      const shown = await visit.text(".reference output");
      await page.click(".actions a.button.quiet");
      await page.waitForURL(`${SHOP}/callback?*`);
      await visit.refusedInTheShop(account.refused_with, shown);
    }
    await visit.context.close();
  }
}

/** Five wrong attempts, and a sixth that is not even looked up. */
async function guessing(scene) {
  const visit = await Visit.begin(scene, "guessing");
  const [first] = students;
  const nobody = { ...first, matriculation_number: scene.unknownNumber, birth_date: "01.01.2001" };
  await visit.shop("nobody");
  await visit.choose(first.university);
  await visit.type({ ...nobody, birth_date: "31.02.2001" });
  assert.equal(await visit.page.locator('input[aria-invalid="true"]').count(), 1, "a date that there is not is no attempt");
  await visit.look("fault");
  for (let attempt = 1; attempt <= 5; attempt++) {
    await visit.type(nobody);
    assert.equal(await visit.page.locator("form .field").count(), 4, `after attempt ${attempt} there is another`);
  }
  await visit.type(nobody);
  assert.equal(await visit.page.locator("form .field").count(), 0, "the sixth is one too many");
  assert((await visit.text(".alert")).includes(LOCKED[scene.language]));
  await visit.look("locked");
  await visit.cancel();
  const reference = await visit.page.locator("code.large").innerText();
  await visit.refusedInTheShop("too_many_attempts", reference);
  await visit.context.close();
}

async function changingOnesMind(scene) {
  const atPicker = await Visit.begin(scene, "cancel-at-picker");
  await atPicker.shop("somebody");
  await atPicker.cancel();
  await atPicker.refusedInTheShop("consent_denied");
  await atPicker.context.close();

  const atForm = await Visit.begin(scene, "cancel-at-form");
  await atForm.shop("somebody");
  await atForm.choose(students[1].university);
  await atForm.page.click(".context a");
  await atForm.page.waitForURL(`${PEDELL}/verify/choose?*`);
  await atForm.choose(students[0].university);
  await atForm.cancel();
  await atForm.refusedInTheShop("consent_denied");
  await atForm.context.close();
}

/** Pages that nobody is sent to, and that somebody gets to. */
async function deadEnds(scene) {
  const visit = await Visit.begin(scene, "dead-end");
  const { page } = visit;
  const at = (path) => `${PEDELL}${path}${path.includes("?") ? "&" : "?"}ui_locales=${scene.language}`;
  const open = async (step, path, status) => {
    const response = await page.goto(at(path));
    assert.equal(response.status(), status, path);
    await visit.look(step);
  };
  await open("home", "/", 200);
  await open("why-empty", "/why", 200);
  await open("why-unknown", "/why?reference=00000-00000", 200);
  await open("why-unreadable", "/why?reference=%3Cscript%3E", 200);
  await open("unknown-shop", "/authorize?client_id=nobody&redirect_uri=https%3A%2F%2Fevil.example%2F", 400);
  await open("without-cookie", "/verify/roster?flow=x", 400);
  const stranger = await page.goto(`${IDP}/sso?SAMLRequest=x&ui_locales=${scene.language}`);
  assert.equal(stranger.status(), 400, "the university answers nobody else");
  await visit.look("idp-trouble");
  const other = await page.goto(`${OP}/auth?client_id=x&ui_locales=${scene.language}`);
  assert.equal(other.status(), 400, "nor does the other one");
  await visit.look("op-trouble");
  await visit.context.close();

  const late = await Visit.begin(scene, "late");
  await late.shop("somebody");
  const response = await late.page.goto(at("/verify/choose?flow=altered"));
  assert.equal(response.status(), 400);
  await late.look("expired");
  await late.context.close();
}

const scenes = [
  { width: 360, language: "de", script: true, unknownNumber: "0990001" },
  { width: 1280, language: "en", script: true, unknownNumber: "0990002", seen: true },
  { width: 360, language: "en", script: false, unknownNumber: "0990003", seen: true },
  { width: 1280, language: "de", script: false, unknownNumber: "0990004", seen: true },
].map((scene) => ({ ...scene, looked: new Set() }));
try {
  const began = performance.now();
  await story(scenes[0]); // the only one whose first ticket is no repeat
  await Promise.all(scenes.map(async (scene, index) => {
    const parts = [asTheListSays, loggingIn, guessing, changingOnesMind, deadEnds];
    for (const part of index === 0 ? parts : [story, ...parts]) await part(scene);
  }));
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

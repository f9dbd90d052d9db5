// The people who work here, in Chromium on the running demo: everybody logs in and sees exactly what their rank sees; the
// operator makes a university and invites its manager, who sets a password, scans the QR code from the picture of the page,
// keeps the recovery codes, and invites somebody in turn. Each page is looked at (axe-core, width, targets, errors).
//
// PEDELL is the demo's address, STAFF its people as `pedell demo --json` prints them, SCREENSHOTS a folder for pictures.

import assert from "node:assert/strict";
import { Faults, launch, leads, picture } from "./browser.mjs";
import { Desk, freshCode, scan } from "./desk.mjs";

const { PEDELL, SCREENSHOTS } = process.env;
const people = JSON.parse(process.env.STAFF);
const faults = new Faults();
const browser = await launch();
const all = { browser, faults, url: PEDELL, pictures: SCREENSHOTS };

/** Each rank logs in and looks at all that it sees; nobody sees more. */
async function everyRank(scene, colleagues) {
  for (const person of colleagues) {
    const desk = await Desk.begin(all, scene);
    await desk.logIn(person);
    await desk.seesItsOwn(person.rank);
    await desk.logOut();
    await desk.look("logged-out");
    await desk.context.close();
  }
}

/** What is wrong is said, and opens nothing. */
async function refused(scene, person) {
  const desk = await Desk.begin(all, scene);
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

/** Somebody opens their link, sets a password and a second factor up. */
async function joins(scene, link, password) {
  const desk = await Desk.begin(all, scene);
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
  const desk = await Desk.begin(all, scene);
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
  const desk = await Desk.begin(all, scene);
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
  const other = await Desk.begin(all, scene);
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

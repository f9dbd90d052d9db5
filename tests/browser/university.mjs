// A university's first day, in Chromium, on an instance that has nobody yet. The operator comes in by the command line's
// link, makes a university and an agency, and invites their managers; the university's sets a password, scans the QR code
// from the picture of the page, adds a passkey, looks at a list, imports it while its progress is shown, and brings the one
// before back; each manager invites whom they may, down to the clerks; everybody sees exactly what is theirs. Then eight
// hours pass: a little before, everybody is still in; after, everybody is out.
//
// PEDELL is the address, which has a name (browsers make no passkey for an IP address); INVITATION the operator's link;
// SCREENSHOTS a folder for pictures; WINDOWS a file in which the windows' cookies are kept. With AFTER, which is `in` or
// `out`, nothing of all that is done: the windows of WINDOWS are opened again, and their people still are in, or are out.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { Faults, launch, leads, picture } from "./browser.mjs";
import { Desk, authenticator, freshCode, scan } from "./desk.mjs";

const { PEDELL, INVITATION, SCREENSHOTS, WINDOWS, AFTER } = process.env;
const faults = new Faults();
const browser = await launch();
const all = { browser, faults, url: PEDELL, pictures: SCREENSHOTS };
const scene = { width: 1280, language: "de", script: true };

/** Somebody comes in by their link: a password, and a second factor where their rank asks for one. */
async function joins(link, password) {
  const desk = await Desk.begin(all, scene);
  const { page } = desk;
  await page.goto(link);
  await page.fill("#password", password);
  await page.fill("#again", password);
  await desk.click("main form button");
  if (desk.path() === "/staff/factor") {
    await page.fill("#code", await freshCode(await scan(page)));
    await desk.click("form[action='/staff/factor'] button");
    assert.equal(await page.locator(".codes li").count(), 10);
    await desk.click("main a.button");
  }
  assert.equal(desk.path(), "/staff");
  return desk;
}

/** The form that invites somebody is open; the link that it gives. */
async function invites({ page, ...desk }, { name, login, rank, outlet }) {
  await page.fill("#name", name);
  await page.fill("#login", login);
  if (rank) await page.selectOption("#rank", rank);
  if (outlet) await page.selectOption("#outlet", { label: outlet });
  await leads(page, () => page.click("form[action='/staff/people/new'] button"));
  assert.equal(await page.locator("code.link").count(), 1, `${desk.name}: ${await page.locator("main").innerText()}`);
  return page.locator("code.link").innerText();
}

/** The operator makes a tenant and invites who shall manage it. */
async function newTenant(operator, { kind, slug, names, manager }) {
  const { page } = operator;
  await operator.open("/staff/tenants");
  await page.selectOption("#kind", kind);
  await page.fill("#slug", slug);
  await page.fill("#name_de", names[0]);
  await page.fill("#name_en", names[1]);
  await operator.click("form[action='/staff/tenants'] button");
  await leads(page, () => page.locator(".cards > li", { hasText: slug }).locator("a.hit").click());
  return invites(operator, manager);
}

/** A list as universities export them. */
function list(students, familyName) {
  const rows = Array.from({ length: students }, (_, row) => `${4_000_000 + row};${familyName};Kim;${1 + (row % 28)}.3.2003`);
  return { name: "liste.csv", mimeType: "text/csv", buffer: Buffer.from(`Matrikelnummer;Nachname;Vorname;Geburtsdatum\n${rows.join("\n")}\n`) };
}

/** Sends a list; ends on the report. */
async function sends(desk, what, file) {
  await desk.page.selectOption("#do", what);
  await desk.page.setInputFiles("#file", file);
  await desk.page.click("form[action='/staff/rosters'] button");
}

/** A look at a list changes nothing; an import shows how far it is; the one before can be had back. */
async function lists(manager) {
  const { page } = manager;
  await manager.open("/staff/rosters");
  await sends(manager, "preview", list(3, "Vorschau"));
  await page.waitForSelector("section h2.paused");
  assert.equal(await page.locator(".cards > li").count(), 0, "a preview changes nothing");
  await manager.look("list-preview");

  // The page has been replaced, and shows the progress of the next file all the same; on a slow line one can watch it.
  const line = await page.context().newCDPSession(page);
  await line.send("Network.enable");
  const network = { offline: false, latency: 0, downloadThroughput: -1 };
  await line.send("Network.emulateNetworkConditions", { ...network, uploadThroughput: 100_000 });
  await sends(manager, "import", list(12_000, "Erste"));
  await page.waitForSelector(".way progress:not([hidden])");
  await page.waitForFunction(() => {
    const { value, max } = document.querySelector(".way progress");
    return value > 0 && value < max;
  });
  assert.ok((await page.locator(".way output").innerText()).includes("gesendet"));
  assert.ok(await page.locator("form[action='/staff/rosters'] button").isDisabled(), "a list is sent once");
  await manager.look("list-on-its-way");
  await page.waitForSelector("section h2.done");
  await manager.look("list-imported");
  assert.ok((await page.locator(".cards").innerText()).includes("12"), "students are counted");
  await line.send("Network.emulateNetworkConditions", { ...network, uploadThroughput: -1 });

  // Too small to be believed; then wanted all the same.
  await sends(manager, "import", list(2, "Zweite"));
  await page.waitForSelector("section h2.refusal");
  await manager.look("list-refused");
  await page.check("#allow_shrink");
  await sends(manager, "import", list(2, "Zweite"));
  await page.waitForSelector("section h2.done");
  assert.equal(await page.locator(".cards > li").count(), 2);
  const before = await page.locator(".cards > li").first().innerText();
  await manager.click("form[action='/staff/rosters/roll-back'] button");
  assert.notEqual(await page.locator(".cards > li").first().innerText(), before, "the one before is in force again");
  await manager.look("list-rolled-back");
}

/** Another factor, which is the phone itself. */
async function addsAPasskey(manager) {
  const { page } = manager;
  const phone = await authenticator(page);
  await manager.open("/staff/account");
  await manager.click("main a[href='/staff/passkey']");
  await page.fill("#name", "Telefon");
  await manager.click("#passkey button");
  assert.equal(manager.path(), "/staff/account");
  assert.equal((await phone.credentials()).length, 1);
  assert.ok((await page.locator("main").innerText()).includes("Telefon"));
  await manager.look("account-with-passkey");
}

async function theFirstDay() {
  const operator = await joins(INVITATION, "Nachts fahren die Busse im Stern");
  const nora = await joins(
    await newTenant(operator, {
      kind: "university", slug: "hs-neustadt", names: ["Hochschule Neustadt", "Neustadt University"],
      manager: { name: "Nora Neumann", login: "nora@neustadt.example", rank: "organizer_manager" },
    }),
    "Hinter dem Deich liegt ein Boot",
  );
  await nora.look("manager-overview");
  await addsAPasskey(nora);
  await lists(nora);
  const toInvite = async (manager) => { await manager.open("/staff/people/new"); return manager; };
  const max = await joins(
    await invites(await toInvite(nora), { name: "Max Muster", login: "max@neustadt.example", rank: "organizer_staff" }),
    "Auf dem Markt singt eine Amsel",
  );

  const vera = await joins(
    await newTenant(operator, {
      kind: "agency", slug: "vorverkauf", names: ["Vorverkauf Neustadt", "Neustadt Box Office"],
      manager: { name: "Vera Vogt", login: "vera@vorverkauf.example", rank: "agency_manager" },
    }),
    "Der Kiosk macht um sieben auf",
  );
  await vera.open("/staff/people");
  await vera.page.fill("#outlet", "Hauptbahnhof");
  await vera.click("form[action='/staff/people/outlets'] button");
  const outlet = "Hauptbahnhof";
  const olaf = await joins(
    await invites(await toInvite(vera), { name: "Olaf Ott", login: "olaf@vorverkauf.example", rank: "outlet_manager", outlet }),
    "Zwei Tauben sitzen auf Gleis neun",
  );
  const sina = await joins(
    await invites(await toInvite(olaf), { name: "Sina Sommer", login: "sina@vorverkauf.example", rank: "senior_clerk" }),
    "Im Sommer riecht das Wasser gruen",
  );
  const karl = await joins(
    await invites(await toInvite(olaf), { name: "Karl Kern", login: "karl@vorverkauf.example", rank: "clerk" }),
    "Jeden Morgen kommt derselbe Hund",
  );

  const everybody = {
    operator, organizer_manager: nora, organizer_staff: max, agency_manager: vera, outlet_manager: olaf, senior_clerk: sina, clerk: karl,
  };
  const windows = [];
  for (const [rank, desk] of Object.entries(everybody)) {
    await desk.open("/staff");
    await desk.seesItsOwn(rank);
    windows.push({ rank, cookies: await desk.context.cookies() });
  }
  await writeFile(WINDOWS, JSON.stringify(windows));
}

/** The same windows, hours later. */
async function later(are) {
  for (const { rank, cookies } of JSON.parse(await readFile(WINDOWS, "utf8"))) {
    const desk = await Desk.begin(all, scene);
    await desk.context.addCookies(cookies);
    await desk.open("/staff/account");
    assert.equal(desk.path(), are === "in" ? "/staff/account" : "/staff/login", rank);
    if (rank === "clerk") await desk.look(`eight-hours-${are}`);
    await desk.context.close();
  }
}

try {
  await (AFTER ? later(AFTER) : theFirstDay());
} catch (error) {
  for (const page of browser.contexts().flatMap((context) => context.pages())) {
    console.log(`at ${page.url().slice(0, 120)}\n${(await page.locator("main").innerText().catch(() => "")).slice(0, 800)}`);
    await picture(page, SCREENSHOTS, "failed");
  }
  faults.add("the first day", error.stack);
} finally {
  await browser.close();
}
console.log(`${faults.count} faults`);
process.exit(faults.count === 0 ? 0 : 1);

// A student in Chromium: from the shop's address to the provider's login and back. Prints how each visit ended as JSON.
//
//   VISITS   JSON: a list of { start, login, abort }: where the shop sends to, who logs in, whether they give up there
//   BACK     the shop's callback; nothing listens there

import { chromium } from "playwright-core";

const { BACK } = process.env;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

/** One student's whole way. */
async function visit(context, page, { start, login, abort }) {
  await context.route(`${BACK}*`, (route) => route.fulfill({ contentType: "text/html", body: "<title>the shop</title>" }));
  await page.goto(start);
  await page.fill('input[name="login"]', login);
  const password = page.locator('input[name="password"]');
  if (await password.count()) await password.fill("anything");
  if (abort) await page.click('a[href$="/abort"]');
  else {
    await Promise.all([page.waitForEvent("load"), page.click('button')]); // the next page may have an address like this one's
    // The provider asks whether it may say this to Pedell.
    const consent = page.locator('button:has-text("Continue")');
    await page.waitForURL((url) => url.href.startsWith(BACK) || /\/verify\/|\/interaction\//.test(url.href));
    if (await consent.count()) await consent.click();
  }
  await page.waitForURL((url) => url.href.startsWith(BACK) || url.pathname.startsWith("/verify/"));
  // Who is asked whether the shop may have it, agrees.
  if (new URL(page.url()).pathname === "/verify/consent") {
    await page.click('button[name="agree"]');
    await page.waitForURL((url) => url.href.startsWith(BACK));
  }
  await page.waitForLoadState();
  return {
    url: page.url(),
    // A refusal's page: what the link back to the shop tells it.
    back: await page.locator(`a[href^="${BACK}"]`).first().getAttribute("href", { timeout: 500 }).catch(() => null),
    text: await page.locator("body").innerText(),
  };
}

const endings = [];
for (const asked of JSON.parse(process.env.VISITS)) {
  const context = await browser.newContext({ locale: "de-DE" });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  try {
    endings.push(await visit(context, page, asked));
  } catch (error) {
    console.error(`${asked.login} at ${page.url()}\n${await page.locator("body").innerText().catch(() => "")}`);
    throw error;
  }
  await context.close();
}
await browser.close();
console.log(JSON.stringify(endings));

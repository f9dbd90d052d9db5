// Students with a browser each, who log in at a real identity provider. Reads one login a line as JSON from standard
// input, prints what came of it as a line of JSON, and ends with its input.
//
//   {"university", "user", "password"}    who
//   "script": false                       a browser without script
//   "unsigned": true                      the request's signature is lost on the way
//
//   ISSUER_URL, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI   the shop
//
// What came of it: {"claims"} of the token, or {"refused", "reference"}, or {"stopped"}: the provider's own words; and
// "algorithms", those that the provider's response names.

import { createHash, randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { launch, windowOf } from "../browser/browser.mjs";

const { ISSUER_URL, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI } = process.env;
const browser = await launch();

async function logIn({ university, user, password, script = true, unsigned = false, width = 360 }) {
  const context = await windowOf(browser, width, { javaScriptEnabled: script, locale: "de-DE" });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const verifier = randomBytes(32).toString("base64url");
    const start = `${ISSUER_URL}/authorize?${new URLSearchParams({
      response_type: "code", client_id: CLIENT_ID, redirect_uri: REDIRECT_URI, scope: "openid profile", university,
      state: "s", nonce: "n", code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256",
    })}`;
    await page.goto(unsigned ? (await request(context, start)).replace(/&SigAlg=.*$/, "") : start);
    const field = page.locator('input[name="username"]');
    if (!(await field.count())) return { stopped: (await page.locator("body").innerText()).slice(0, 2000) };
    let algorithms = [];
    page.on("request", (request) => {
      if (new URL(request.url()).pathname !== "/saml/acs") return;
      const response = Buffer.from(new URLSearchParams(request.postData()).get("SAMLResponse"), "base64").toString();
      algorithms = [...response.matchAll(/ Algorithm="([^"]+)"/g)].map(([, algorithm]) => algorithm);
    });
    // Nothing listens at the shop: that it is asked for is enough.
    const atTheShop = page.waitForRequest((request) => request.url().startsWith(REDIRECT_URI)).then((request) => request.url());
    const refused = page.waitForURL((url) => url.pathname === "/verify/saml").then(() => undefined);
    const end = Promise.race([atTheShop, refused]);
    for (const one of [atTheShop, refused, end]) one.catch(() => {}); // the other one never comes
    await field.fill(user);
    await page.locator('input[name="password"]').fill(password);
    await page.locator('input[name="password"]').press("Enter");
    // Without script there is a button on the provider's page, and one on ours.
    for (let button = 0; !script && button < 2; button++) {
      await page.waitForSelector('input[name="SAMLResponse"]', { state: "attached" });
      const here = page.url();
      await page.locator('form input[type="submit"]:visible, form button:visible').first().click({ noWaitAfter: true });
      await Promise.race([end, page.waitForURL((url) => url.href !== here)]);
    }
    const back = await end;
    if (!back) {
      const reason = (await page.locator("dl code").allInnerTexts()).at(-1);
      return { algorithms, refused: reason, reference: await page.locator(".reference output").innerText(), page: await page.locator("main").innerText() };
    }
    return { algorithms, claims: await exchange(new URL(back).searchParams.get("code"), verifier) };
  } finally {
    await context.close();
  }
}

/** Where the first redirects lead: the request as the provider would get it. */
async function request(context, start) {
  let url = start;
  while (!url.includes("SAMLRequest=")) {
    const response = await context.request.get(url, { maxRedirects: 0 });
    url = new URL(response.headers().location, url).href;
  }
  return url;
}

async function exchange(code, verifier) {
  const response = await fetch(`${ISSUER_URL}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI, code_verifier: verifier }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return JSON.parse(Buffer.from(answer.id_token.split(".")[1], "base64url").toString());
}

console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const outcome = await logIn(JSON.parse(line)).catch((error) => ({ failed: error.stack }));
  console.log(JSON.stringify(outcome));
}
await browser.close();

// The university picker in the hand: with script, with the keyboard alone, and without script.
//
//   node picker.mjs URL        a picker with at least three universities, e.g. http://127.0.0.1:8099/page/picker-whole.de

import assert from "node:assert/strict";
import { launch } from "./browser.mjs";

const [url] = process.argv.slice(2);
if (!url) {
  console.error("usage: node picker.mjs URL");
  process.exit(2);
}
const browser = await launch();
const open = async (javaScriptEnabled) => {
  const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
  await page.goto(url);
  return page;
};
try {
  const page = await open(true);
  const box = page.locator("#q");
  const shown = page.locator(".choices li:not([hidden])");
  const all = await shown.count();
  assert(all >= 3, "a list to choose from");
  const name = await shown.last().locator("strong").textContent();

  await box.pressSequentially(name.toUpperCase());
  assert((await shown.count()) < all, "typing shortens the list");
  assert.equal(await shown.last().locator("strong").textContent(), name, "whatever the case");
  assert.notEqual(await page.locator("#count").textContent(), "", "the number found is announced");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("button:focus strong").count(), 1, "Enter goes to the first choice");
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.locator("#q:focus").count(), 1, "arrow up goes back to the box");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.locator("#choose button:focus").count(), 1, "arrow down goes to the list");

  await box.fill("zzzzzz");
  assert.equal(await shown.count(), 0);
  assert(await page.locator("#nothing").isVisible(), "nothing found says what to do");
  await box.fill("");
  assert.equal(await shown.count(), all, "an empty box shows all");
  assert(!(await page.locator("#nothing").isVisible()));

  await box.fill("zzzzzz");
  const [wider] = await Promise.all([
    page.waitForRequest((request) => request.isNavigationRequest() && request.url().includes("q=")),
    page.locator("#nothing button").first().click(),
  ]);
  assert.match(wider.url(), /[?&]flow=[^&]+&.*q=zzzzzz/, "what is not on the page is searched for by the server");

  const plain = await open(false);
  assert.equal(await plain.locator(".choices li:visible").count(), all, "without script the list is whole");
  const [request] = await Promise.all([
    plain.waitForRequest((request) => request.isNavigationRequest() && request.url().includes("q=")),
    plain.locator("#q").fill("uni").then(() => plain.keyboard.press("Enter")),
  ]);
  assert.match(request.url(), /[?&]flow=[^&]+&.*q=uni/, "and the search is a form that carries the flow");
  console.log("picker: with script, by keyboard, without script: as it should be");
} finally {
  await browser.close();
}

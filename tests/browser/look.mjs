// Looks at pages in a real browser, on a phone and on a desk, in light or in dark; fails on whatever browser.mjs finds.
//
//   node look.mjs [--dark] [--out FOLDER] URL…        screenshots go to FOLDER

import { parseArgs } from "node:util";
import { Faults, launch, picture, windowOf } from "./browser.mjs";

const { values, positionals: urls } = parseArgs({
  allowPositionals: true,
  options: { out: { type: "string" }, dark: { type: "boolean", default: false } },
});
if (urls.length === 0) {
  console.error("usage: node look.mjs [--dark] [--out FOLDER] URL…");
  process.exit(2);
}
const browser = await launch();
const faults = new Faults();
await Promise.all([360, 1280].map(async (width) => {
  const context = await windowOf(browser, width, { colorScheme: values.dark ? "dark" : "light" });
  const page = await context.newPage();
  let where = "";
  faults.listen(page, () => where);
  for (const url of urls) {
    where = `${url} at ${width}px`;
    await page.goto(url, { waitUntil: "load" });
    const { pathname, search } = new URL(url);
    const name = `${pathname}${search}`.replace(/[^\w-]+/g, "_").replace(/^_|_$/g, "") || "root";
    await picture(page, values.out, `${name}-${width}${values.dark ? "-dark" : ""}`);
    await faults.look(page, where);
  }
  await context.close();
}));
await browser.close();
console.log(`${urls.length} pages at 2 widths${values.dark ? " in the dark" : ""}: ${faults.count} faults`);
process.exit(faults.count === 0 ? 0 : 1);

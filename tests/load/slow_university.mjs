// One university hangs: does another one's student notice? What this does and demands: README.md.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";

const PEDELL = path.resolve(process.env.PEDELL ?? "target/release/pedell");
const ROUNDS = Math.min(Number(process.env.ROUNDS ?? 5), 20);
const SECONDS = Math.min(Number(process.env.SECONDS ?? 8), 30);
const RATE = Math.min(Number(process.env.RATE ?? 40), 50); // requests per second, for each university
const B_MILLISECONDS = 20;
const WITHIN = 1.2;

const YES =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><verifyDataResponse><result>true</result>' +
  "<fehlerCode>0</fehlerCode></verifyDataResponse></s:Body></s:Envelope>";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pedell-load-"));
const ending = [() => fs.rmSync(folder, { recursive: true, force: true })];
const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** A web service that answers after so long; never, if it hangs. */
async function service(behaviour) {
  const server = http.createServer((request, response) => {
    request.resume();
    if (behaviour.hangs) return;
    setTimeout(() => response.writeHead(200, { "content-type": "text/xml" }).end(YES), behaviour.milliseconds);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  ending.push(() => (server.closeAllConnections(), server.close()));
  return `http://127.0.0.1:${server.address().port}/`;
}

async function freePort() {
  const server = net.createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

function pedell(...words) {
  const env = { ...process.env, PEDELL_CONFIG: "pedell.toml" };
  return execFileSync(PEDELL, words, { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function write(name, text) {
  fs.writeFileSync(path.join(folder, name), text);
}

/** An instance with universities a and b; its address, and the shop's secret. */
async function instance(addresses) {
  const port = await freePort();
  write(
    "pedell.toml",
    `[server]\nlisten = "127.0.0.1:${port}"\npublic_url = "http://127.0.0.1:${port}"\n[database]\nurl = "sqlite:data"\n` +
      '[keys]\nmaster_key_file = "master.key"\n[outbound]\nallowed = ["127.0.0.1"]\n[log]\nfilter = "error"\n' +
      "[students]\nfailed_attempts_per_address = 100000\n" +
      "[limits]\nrequests_per_minute_per_client = 1000000\nrequests_per_minute_per_address = 1000000\n",
  );
  pedell("keys", "init");
  for (const [name, address] of Object.entries(addresses)) {
    write("uni.toml", `name_de = "${name}"\nname_en = "${name}"\ncalendar = { summer_month = 4, winter_month = 10 }\n`);
    pedell("university", "add", name, "uni.toml");
    write("soap.toml", `kind = "soap"\nendpoint = "${address}"\nfields = ["matriculation_number", "family_name", "given_names"]\n`);
    pedell("connection", "set", name, "soap.toml", "--by", "ada");
    pedell("connection", "promote", name, "--by", "ada");
    pedell("connection", "approve", name, "--version", "1", "--by", "grace");
  }
  write(
    "shop.toml",
    'name = "Shop"\nauthentication = "client_secret_basic"\n[kind.issuer]\nredirect_uris = ["http://127.0.0.1:9/"]\n' +
      'direct_checks = true\n[[kind.issuer.products]]\nkey = "ticket"\nname_de = "T"\nname_en = "T"\nrule = { version = 1 }\n',
  );
  const secret = pedell("client", "add", "shop", "shop.toml").trim().split(/\s+/).pop();
  const env = { ...process.env, PEDELL_CONFIG: "pedell.toml" };
  const child = spawn(PEDELL, ["serve"], { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
  ending.push(() => child.kill("SIGKILL"));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 200; tries++) {
    if (await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false)) break;
    await sleep(50);
  }
  return { url, authorization: `Basic ${Buffer.from(`shop:${secret}`).toString("base64")}` };
}

let students = 0;

/** One direct check: how long it took, and what was said. */
async function check(shop, university) {
  students += 1;
  const question = { university, matriculation_number: `${10_000_000 + students}`, given_names: "Ada", family_name: "Lovelace" };
  const began = performance.now();
  const answer = await fetch(`${shop.url}/v1/checks`, {
    method: "POST",
    headers: { authorization: shop.authorization, "content-type": "application/json" },
    body: JSON.stringify(question),
  });
  const said = await answer.json();
  return { milliseconds: performance.now() - began, said: said.eligible ? "eligible" : (said.reason ?? said.error) };
}

/** Students come at a steady rate, whatever becomes of those before them. */
async function studentsOf(shop, university) {
  const underWay = [];
  const began = performance.now();
  for (let at = 0; at < RATE * SECONDS; at++) {
    const wait = began + (at * 1000) / RATE - performance.now();
    if (wait > 0) await sleep(wait);
    underWay.push(check(shop, university));
  }
  return Promise.all(underWay);
}

/** Waits until A's students are served; how long that took, in seconds. */
async function servedAgain(shop) {
  const began = performance.now();
  while ((await check(shop, "a1")).said !== "eligible") {
    assert(performance.now() - began < 60_000, "A works, and its students are not served");
    await sleep(250);
  }
  return (performance.now() - began) / 1000;
}

function percentile(answers, share) {
  const sorted = answers.map((answer) => answer.milliseconds).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function counted(answers) {
  const counts = {};
  for (const { said } of answers) counts[said] = (counts[said] ?? 0) + 1;
  return counts;
}

async function main() {
  const a = { milliseconds: B_MILLISECONDS, hangs: false };
  const b = { milliseconds: B_MILLISECONDS, hangs: false };
  const shop = await instance({ a1: await service(a), b1: await service(b) });
  await Promise.all([studentsOf(shop, "a1"), studentsOf(shop, "b1")]); // connections, caches
  const silent = [];
  const without = [];
  const withA = [];
  const ofA = [];
  for (let round = 0; round < ROUNDS; round++) {
    silent.push(...(await studentsOf(shop, "b1")));
    a.hangs = false;
    await servedAgain(shop);
    without.push(...(await Promise.all([studentsOf(shop, "a1"), studentsOf(shop, "b1")]))[1]);
    a.hangs = true;
    const [hanging, beside] = await Promise.all([studentsOf(shop, "a1"), studentsOf(shop, "b1")]);
    ofA.push(...hanging);
    withA.push(...beside);
  }
  const row = (name, answers) => ({
    name,
    answers: JSON.stringify(counted(answers)),
    "p50 ms": percentile(answers, 0.5).toFixed(1),
    "p99 ms": percentile(answers, 0.99).toFixed(1),
  });
  const rows = [row("B, A silent", silent), row("B, A working", without), row("B, A hanging", withA)];
  console.table([...rows, row("A, hanging", ofA)]);
  const ratio = percentile(withA, 0.99) / percentile(without, 0.99);
  console.log(`B's p99 with A hanging is ${ratio.toFixed(2)} × of B's p99 without (at most ${WITHIN})`);

  a.hangs = false;
  const seconds = await servedAgain(shop);
  console.log(`A's students are served again after ${seconds.toFixed(1)} s`);

  assert.deepEqual(Object.keys(counted([...silent, ...without, ...withA])), ["eligible"]);
  assert.deepEqual(Object.keys(counted(ofA)), ["source_unavailable"]);
  assert(seconds <= 35, "A's breaker closes by itself");
  assert(ratio <= WITHIN, "B's students notice that A hangs");
}

try {
  await main();
} finally {
  for (const end of ending.reverse()) end();
}

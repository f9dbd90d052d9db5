// A university's web service by npm `soap`: /plain and /namespaced. With KEY, CERT and CA (files) over TLS, for those who show a
// certificate of that authority. Prints its address.

import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import soap from "soap";

const { KEY, CERT, CA } = process.env;
const read = (name) => fs.readFileSync(new URL(name, import.meta.url), "utf8");

function verify(asked) {
  const known = ["0012345", "Müller & Söhne", "Jana <Sophie>", "26W"];
  const said = [asked.Matrikelnummer, asked.Name, asked.Vorname, asked.Semesterkuerzel];
  const isKnown = said.every((value, at) => value === known[at]);
  return { result: isKnown, fehlerCode: isKnown ? 0 : 1 };
}
const verifyService = { verifyPort: { verifyData: verify, verifyDataRequest: verify } };

const nothing = (request, response) => response.writeHead(404).end();
const tls = { requestCert: true, rejectUnauthorized: true };
const server = KEY
  ? https.createServer({ key: fs.readFileSync(KEY), cert: fs.readFileSync(CERT), ca: fs.readFileSync(CA), ...tls }, nothing)
  : http.createServer(nothing);
server.listen(0, "127.0.0.1", () => {
  const address = `${KEY ? "https" : "http"}://127.0.0.1:${server.address().port}`;
  for (const kind of ["plain", "namespaced"]) {
    soap.listen(server, `/${kind}`, { verifyService }, read(`${kind}.wsdl`).replace("@ADDRESS@", `${address}/${kind}`));
  }
  console.log(address);
});

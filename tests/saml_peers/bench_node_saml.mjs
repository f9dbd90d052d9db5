// npm's node-saml over saved responses: prints the median rate of five runs, for each file.
//
//   node bench_node_saml.mjs FOLDER FILE…      FOLDER has idp.crt, sp.pem, names.json

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { SAML, ValidateInResponseTo } from "@node-saml/node-saml";

const [folder, ...files] = process.argv.slice(2);
const read = (name) => readFileSync(`${folder}/${name}`, "utf8");
const { sp, acs, idp, student } = JSON.parse(read("names.json"));
const saml = new SAML({
  idpCert: read("idp.crt"), decryptionPvk: read("sp.pem"), issuer: sp, audience: sp, callbackUrl: acs, idpIssuer: idp,
  wantAssertionsSigned: true, wantAuthnResponseSigned: false, validateInResponseTo: ValidateInResponseTo.never,
  acceptedClockSkewMs: -1, // the messages are of a fixed day
});
for (const file of files) {
  const SAMLResponse = read(file);
  const { profile } = await saml.validatePostResponseAsync({ SAMLResponse });
  assert.equal(profile["urn:oasis:names:tc:SAML:attribute:pairwise-id"], student);
  await assert.rejects(saml.validatePostResponseAsync({ SAMLResponse: Buffer.from("<a/>").toString("base64") }));
  const rates = [];
  for (let run = 0; run < 5; run++) {
    const began = performance.now();
    let count = 0;
    for (; count < 10 || performance.now() - began < 400; count++) await saml.validatePostResponseAsync({ SAMLResponse });
    rates.push((count / (performance.now() - began)) * 1000);
  }
  console.log(rates.sort((a, b) => a - b)[2].toFixed(2));
}

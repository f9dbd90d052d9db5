// An identity provider made of npm's samlp: demands signed requests, signs, and encrypts with AES-256-GCM.
//
//   IDP_FOLDER      signing.pem, signing.crt, perhaps next.crt (published, does not sign yet); pedell.xml; people.json
//   IDP_ENTITY_ID   its name
//   IDP_SCOPE       what it may say after an @
//
// Prints its address. Everything in the folder is read anew each time. Somebody whose attributes hold `fault` is answered
// wrongly in that way.

import { existsSync, readFileSync } from "node:fs";
import express from "express";
import samlp from "samlp";

const { IDP_FOLDER, IDP_ENTITY_ID, IDP_SCOPE } = process.env;
const PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
const read = (name) => readFileSync(`${IDP_FOLDER}/${name}`);
const people = JSON.parse(read("people.json"));
const pem = (base64) => `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g).join("\n")}\n-----END CERTIFICATE-----\n`;

/** What Pedell's metadata say. */
function pedell() {
  const xml = read("pedell.xml").toString();
  const keys = [...xml.matchAll(/<md:KeyDescriptor use="(\w+)">.*?<ds:X509Certificate>([^<]+)</gs)];
  const of = (usage) => keys.filter(([, own]) => own === usage).map(([, , certificate]) => pem(certificate));
  return {
    entityId: xml.match(/ entityID="([^"]+)"/)[1],
    acs: xml.match(/<md:AssertionConsumerService [^>]*Location="([^"]+)"/)[1],
    signing: of("signing"),
    encryption: of("encryption"),
  };
}

/** Whom samlp asks what is said of somebody. */
class Profile {
  constructor(person) { this.person = person; }
  getClaims() { return this.person.attributes; }
  getNameIdentifier() { return { nameIdentifier: this.person.name, nameIdentifierFormat: PERSISTENT }; }
}
function profileMapper(person) { return new Profile(person); }
profileMapper.prototype.metadata = [];

/** The request, verified with whichever of Pedell's keys fits. */
async function request(req) {
  const why = [];
  for (const signingCert of pedell().signing) {
    try {
      return await new Promise((resolve, reject) => {
        samlp.parseRequest(req, { signingCert }, (error, data) => (error ? reject(error) : resolve(data)));
      });
    } catch (error) {
      why.push(error.message);
    }
  }
  throw new Error(`the request is not believed: ${why.join("; ")}`);
}

const cookie = (req) => /(?:^|; )who=([^;]+)/.exec(req.headers.cookie ?? "")?.[1];
const app = express();
app.disable("x-powered-by");
app.get("/metadata", (req, res, next) => {
  const send = res.send.bind(res);
  res.send = (xml) => {
    const scope = `<Extensions><Scope xmlns="urn:mace:shibboleth:metadata:1.0" regexp="false">${IDP_SCOPE}</Scope></Extensions>`;
    const next = existsSync(`${IDP_FOLDER}/next.crt`) ? read("next.crt").toString() : "";
    const certificate = next.replace(/-----[^-]+-----|\s/g, "");
    const key = `<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`;
    return send(xml.replace(/(<IDPSSODescriptor[^>]*>)/, `$1${scope}${certificate ? key : ""}`));
  };
  samlp.metadata({ issuer: IDP_ENTITY_ID, cert: read("signing.crt"), profileMapper, redirectEndpointPath: "/sso", postEndpointPath: "/sso" })(req, res, next);
});
app.get("/sso", async (req, res, next) => {
  try {
    const { id } = await request(req);
    const name = cookie(req);
    if (!name) {
      return res.send(`<!doctype html><html lang="en"><title>Log in</title><form method="post" action="/login">
        <input type="hidden" name="back" value="${req.originalUrl.replace(/&/g, "&amp;").replace(/"/g, "&quot;")}">
        <input name="username"><input name="password" type="password"><button>Log in</button></form>`);
    }
    const { entityId, acs, encryption } = pedell();
    const attributes = people[Object.keys(people).find((key) => key.startsWith(`${name}:`))];
    const { fault } = attributes;
    samlp.auth({
      issuer: fault === "issuer" ? "https://other.example/idp" : IDP_ENTITY_ID,
      cert: read("signing.crt"),
      key: fault === "key" ? read("strange.pem") : read("signing.pem"),
      audience: fault === "audience" ? "https://other.example/sp" : entityId,
      destination: fault === "destination" ? "https://other.example/acs" : acs,
      recipient: fault === "recipient" ? "https://other.example/acs" : acs,
      inResponseTo: fault === "in_response_to" ? "_another" : id,
      getPostURL: (audience, dom, ask, callback) => callback(null, acs),
      getUserFromRequest: () => ({ name, attributes: { ...attributes, fault: undefined } }),
      profileMapper,
      signAssertion: fault !== "unsigned",
      signResponse: false,
      lifetimeInSeconds: 300,
      encryptionCert: encryption[0],
      encryptionPublicKey: encryption[0],
      encryptionAlgorithm: fault === "cipher" ? "http://www.w3.org/2001/04/xmlenc#tripledes-cbc" : "http://www.w3.org/2009/xmlenc11#aes256-gcm",
      disallowEncryptionWithInsecureAlgorithm: false,
      warnOnInsecureEncryptionAlgorithm: false,
    })(req, res, next);
  } catch (error) {
    res.status(400).send(error.message);
  }
});
app.post("/login", express.urlencoded({ extended: false, limit: "100kb" }), (req, res) => {
  const { username, password, back } = req.body;
  if (!people[`${username}:${password}`]) return res.status(403).send("no");
  res.cookie("who", username, { httpOnly: true, sameSite: "lax" }).redirect(303, back);
});
const server = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));

// npm `openid-client`, unmodified, as a ticket issuer uses it. Variables: README.md.

import assert from "node:assert/strict";
import { createPrivateKey, webcrypto } from "node:crypto";
import { readFile } from "node:fs/promises";
import { check } from "./claims.mjs";
import { walk } from "./student.mjs";

globalThis.crypto ??= webcrypto; // Node 18 does not have it as a global
const client = await import("openid-client");

const { ISSUER_URL, CLIENT_ID, CLIENT_SECRET, PRIVATE_KEY_FILE, KID, REDIRECT_URI, PRODUCT, EXPECT_ERROR, EXPECT_REASON } = process.env;
const student = JSON.parse(process.env.STUDENT);
const expected = process.env.EXPECT_CLAIMS
  ? JSON.parse(process.env.EXPECT_CLAIMS)
  : { given_name: student.given_names, family_name: student.family_name, birthdate: student.birth_date };

async function privateKey() {
  const key = createPrivateKey(await readFile(PRIVATE_KEY_FILE));
  const algorithms = {
    ec: { name: "ECDSA", namedCurve: "P-256" },
    ed25519: { name: "Ed25519" },
    rsa: { name: "RSA-PSS", hash: "SHA-256" },
  };
  const der = key.export({ type: "pkcs8", format: "der" });
  return crypto.subtle.importKey("pkcs8", der, algorithms[key.asymmetricKeyType], false, ["sign"]);
}

async function run() {
  const authentication = PRIVATE_KEY_FILE
    ? client.PrivateKeyJwt({ key: await privateKey(), kid: KID })
    : client.ClientSecretBasic(CLIENT_SECRET);
  const insecure = ISSUER_URL.startsWith("http://") ? [client.allowInsecureRequests] : [];
  // Without the second, the library trusts TLS and does not verify the signature of an ID token from /token.
  const execute = [...insecure, client.enableNonRepudiationChecks];
  const config = await client.discovery(new URL(ISSUER_URL), CLIENT_ID, undefined, authentication, { execute });

  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const parameters = {
    redirect_uri: REDIRECT_URI,
    scope: "openid profile birthdate",
    state,
    nonce,
    university: student.university,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    ...(PRODUCT && { product: PRODUCT }),
  };
  const start = process.env.USE_PAR === "1"
    ? await client.buildAuthorizationUrlWithPAR(config, parameters)
    : client.buildAuthorizationUrl(config, parameters);

  const { callback, trail } = await walk(start, REDIRECT_URI, student);
  assert.equal(callback.searchParams.get("iss"), ISSUER_URL, "iss of the authorization response (RFC 9207)");
  const checks = { pkceCodeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  const tokens = await client.authorizationCodeGrant(config, callback, checks);
  const claims = tokens.claims();
  check(claims, { issuer: ISSUER_URL, clientId: CLIENT_ID, nonce, product: PRODUCT, student, expected });

  const introspection = await client.tokenIntrospection(config, tokens.id_token);
  assert.equal(introspection.active, true, "introspection says active");
  for (const name of ["iss", "aud", "sub", "jti", "exp"]) {
    if (introspection[name] !== undefined) assert.deepEqual(introspection[name], claims[name], `introspection: ${name}`);
  }
  await assert.rejects(
    client.authorizationCodeGrant(config, callback, checks),
    (error) => error instanceof client.ResponseBodyError && error.error === "invalid_grant",
    "the code must not work twice",
  );
  return { trail, claims, introspection };
}

const about = { library: "openid-client", authentication: PRIVATE_KEY_FILE ? "private_key_jwt" : "client_secret_basic" };
try {
  const result = await run();
  assert.equal(EXPECT_ERROR, undefined, `${EXPECT_ERROR} was expected, but there is a token`);
  console.log(JSON.stringify({ ok: true, ...about, ...result }));
} catch (error) {
  const refused = error instanceof client.AuthorizationResponseError;
  const code = refused ? error.cause.get("reason") : undefined;
  const ok = refused && error.error === EXPECT_ERROR && (EXPECT_REASON === undefined || code === EXPECT_REASON);
  const reason = refused
    ? { error: error.error, error_description: error.error_description, reason: code }
    : { fault: `${error.stack}` };
  const cause = error.cause && !refused ? { cause: `${error.cause?.stack ?? JSON.stringify(error.cause)}` } : {};
  console.log(JSON.stringify({ ok, ...about, ...reason, ...cause }));
  process.exitCode = ok ? 0 : 1;
}

// npm oidc-provider: a certified OpenID provider with clients of every kind that Pedell can be. Prints its address as JSON.
//
//   REDIRECT_URIS   JSON: client id → address to come back to
//   CLIENT_JWK      the public key of the client that proves itself with one
//   SEMESTER        the current semester's key
//
// POST /rotate { "keep": bool } brings new keys: beside the old ones, or instead of them.

import { createServer } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import Provider from "oidc-provider";
import { people } from "./people.mjs";

const redirectUris = JSON.parse(process.env.REDIRECT_URIS);
let generation = 0;

/** A new pair of signing keys, one for each algorithm. */
function freshKeys() {
  generation += 1;
  const key = (kind, options, alg) => ({
    ...generateKeyPairSync(kind, options).privateKey.export({ format: "jwk" }), use: "sig", alg, kid: `${alg}-${generation}`,
  });
  return [key("rsa", { modulusLength: 2048 }, "RS256"), key("ec", { namedCurve: "P-256" }, "ES256")];
}

const client = (client_id, own) => ({
  client_id,
  client_secret: "a secret with % and : in it, of thirty-two bytes and more",
  redirect_uris: [redirectUris[client_id]],
  grant_types: ["authorization_code"],
  response_types: ["code"],
  token_endpoint_auth_method: "client_secret_basic",
  ...own,
});

const clients = [
  client("es256-pairwise", { id_token_signed_response_alg: "ES256", subject_type: "pairwise" }),
  client("rs256-signed", {
    id_token_signed_response_alg: "RS256", userinfo_signed_response_alg: "RS256", token_endpoint_auth_method: "client_secret_post",
  }),
  client("es256-key", {
    id_token_signed_response_alg: "ES256", userinfo_signed_response_alg: "ES256", subject_type: "pairwise",
    client_secret: undefined, token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [JSON.parse(process.env.CLIENT_JWK)] },
  }),
].filter(({ client_id }) => client_id in redirectUris);

function provider(issuer, keys) {
  return new Provider(issuer, {
    clients,
    jwks: { keys },
    subjectTypes: ["public", "pairwise"],
    pairwiseIdentifier: (_, accountId, { clientId }) => `pairwise-${clientId}-${accountId}`,
    pkce: { required: () => true },
    cookies: { keys: ["invented"] },
    scopes: ["openid", "profile", "enrolment"],
    claims: {
      openid: ["sub"],
      profile: ["given_name", "family_name", "birthdate"],
      enrolment: ["eduperson_scoped_affiliation", "eduperson_entitlement", "studySemester"],
    },
    features: { devInteractions: { enabled: true }, jwtUserinfo: { enabled: true } },
    findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
  });
}

let callback;
let keys = freshKeys();
const server = createServer(async (request, response) => {
  if (request.method !== "POST" || request.url !== "/rotate") return callback(request, response);
  let body = "";
  for await (const chunk of request) body += chunk;
  const before = JSON.parse(body).keep ? keys : [];
  keys = freshKeys();
  // What signs is the first of its algorithm.
  callback = provider(issuer, [...keys, ...before]).callback();
  response.end("{}");
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const issuer = `http://127.0.0.1:${server.address().port}`;
callback = provider(issuer, keys).callback();
console.log(JSON.stringify({ issuer }));

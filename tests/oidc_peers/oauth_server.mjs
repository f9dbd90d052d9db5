// npm @node-oauth/oauth2-server: OAuth 2.0 and nothing of OpenID, with a login form and a JSON endpoint that says who it is.
// Prints its address as JSON.
//
//   REDIRECT_URI   where answers go
//   SEMESTER       the current semester's key

import { createServer } from "node:http";
import { once } from "node:events";
import OAuth2Server from "@node-oauth/oauth2-server";
import { people } from "./people.mjs";

const { Request, Response } = OAuth2Server;
const SECRET = "a secret of the OAuth server";
const client = { id: "oauth-client", grants: ["authorization_code"], redirectUris: [process.env.REDIRECT_URI] };
const codes = new Map();
const tokens = new Map();

const oauth = new OAuth2Server({
  model: {
    getClient: (id, secret) => (id === client.id && (secret === null || secret === undefined || secret === SECRET) ? client : false),
    saveAuthorizationCode: (code, client_, user) => {
      const saved = { ...code, client: client_, user };
      codes.set(code.authorizationCode, saved);
      return saved;
    },
    getAuthorizationCode: (code) => codes.get(code),
    revokeAuthorizationCode: ({ authorizationCode }) => codes.delete(authorizationCode),
    saveToken: (token, client_, user) => {
      const saved = { ...token, client: client_, user };
      tokens.set(token.accessToken, saved);
      return saved;
    },
    getAccessToken: (token) => tokens.get(token),
    validateScope: (_user, _client, scope) => scope,
    validateRedirectUri: (uri) => client.redirectUris.includes(uri),
  },
});

const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

async function form(request) {
  let body = "";
  for await (const chunk of request) body += chunk;
  return Object.fromEntries(new URLSearchParams(body));
}

function send(response, answer, body = answer.body) {
  response.writeHead(answer.status, { ...answer.headers, ...(body && { "content-type": "application/json" }) });
  response.end(body && Object.keys(body).length > 0 ? JSON.stringify(body) : undefined);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://here");
  const query = Object.fromEntries(url.searchParams);
  const answer = new Response({});
  try {
    if (url.pathname === "/authorize" && request.method === "GET") {
      response.setHeader("content-type", "text/html; charset=utf-8");
      return response.end(`<!doctype html><title>Login</title><form method="post" action="${escape(request.url)}">
        <input name="login"><button>Log in</button></form>`);
    }
    if (url.pathname === "/authorize") {
      const { login } = await form(request);
      const asked = new Request({ headers: request.headers, method: "POST", query, body: query });
      await oauth.authorize(asked, answer, { authenticateHandler: { handle: () => people[login] && { id: login } } });
      return send(response, answer, undefined);
    }
    if (url.pathname === "/token") {
      const body = await form(request);
      // The library asks for form-encoded credentials as they are; RFC 6749 §2.3.1 has them encoded once more.
      const [kind, basic] = (request.headers.authorization ?? "").split(" ");
      const decoded = kind === "Basic" && Buffer.from(basic, "base64").toString().split(":").map((half) => decodeURIComponent(half.replaceAll("+", " ")));
      const headers = { ...request.headers, ...(decoded && { authorization: `Basic ${Buffer.from(decoded.join(":")).toString("base64")}` }) };
      await oauth.token(new Request({ headers, method: "POST", query, body }), answer);
      return send(response, answer);
    }
    if (url.pathname === "/api/me") {
      const token = await oauth.authenticate(new Request({ headers: request.headers, method: "GET", query }), answer);
      const { given_name, family_name, birthdate, eduperson_scoped_affiliation, studySemester } = people[token.user.id];
      return send(response, answer, {
        id: token.user.id,
        person: { names: { first: given_name, last: family_name }, born: birthdate },
        enrolled: eduperson_scoped_affiliation.includes("student@uni.example"),
        studies: [{ subject: "079", semester: studySemester }],
      });
    }
    response.writeHead(404).end();
  } catch (error) {
    send(response, { status: error.code ?? 500, headers: {} }, { error: error.name ?? "server_error", error_description: error.message });
  }
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
console.log(JSON.stringify({ server: `http://127.0.0.1:${server.address().port}` }));

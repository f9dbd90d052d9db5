// What every eligibility token must hold, beyond what the library has verified.

import assert from "node:assert/strict";

const DAY = /^\d{4}-\d\d-\d\d$/;

export function check(claims, { issuer, clientId, nonce, product, student, expected }) {
  const now = Date.now() / 1000;
  assert.equal(claims.iss, issuer, "iss");
  assert.equal(claims.aud, clientId, "aud");
  assert.equal(claims.nonce, nonce, "nonce");
  for (const name of ["sub", "jti", "proof_method", "product"]) {
    assert.ok(typeof claims[name] === "string" && claims[name].length > 0, `${name}: ${claims[name]}`);
  }
  assert.ok(claims.sub.length <= 255, "sub is longer than OpenID Connect Core §2 allows");
  assert.ok(!claims.sub.includes(student.matriculation_number), "sub gives the matriculation number away");
  for (const name of ["exp", "iat", "auth_time"]) assert.ok(Number.isInteger(claims[name]), `${name}: ${claims[name]}`);
  assert.ok(claims.exp > now && claims.exp - claims.iat <= 900, "exp is minutes ahead");
  assert.ok(Math.abs(claims.iat - now) < 60, "iat is now");
  assert.ok(claims.auth_time <= claims.iat, "auth_time is not after iat");
  assert.equal(claims.university?.id, student.university, "university.id");
  assert.ok(claims.university?.name, "university.name");
  assert.ok(claims.semester?.key, "semester.key");
  assert.match(claims.semester.first_day, DAY);
  assert.match(claims.semester.last_day, DAY);
  assert.ok(claims.semester.first_day < claims.semester.last_day, "the semester has a beginning before its end");
  assert.equal(typeof claims.repeat, "boolean", "repeat");
  if (product) assert.equal(claims.product, product, "product");
  for (const [name, value] of Object.entries(expected)) assert.deepEqual(claims[name], value, name);
}

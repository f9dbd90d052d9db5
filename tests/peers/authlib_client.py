"""PyPI `authlib`, unmodified, as a ticket issuer uses it. Variables: README.md.

The class below is what authlib's own Flask and Django integrations are made of, without a web framework.
"""

import json
import os
import re
import sys
import time
import traceback
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.base_client.sync_app import BaseApp, OAuth2Mixin
from authlib.integrations.base_client.sync_openid import OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.errors import InvalidKeyTypeError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from student import walk

DAY = re.compile(r"\d{4}-\d\d-\d\d")


class TicketIssuer(OAuth2Mixin, OpenIDMixin, BaseApp):
    client_cls = OAuth2Session


class Refused(Exception):
    """The authorization response is an OAuth error."""


def private_key():
    pem = Path(os.environ["PRIVATE_KEY_FILE"]).read_text()
    for kind, algorithm in ((ECKey, "ES256"), (OKPKey, "EdDSA"), (RSAKey, "PS256")):
        try:
            return kind.import_key(pem), algorithm
        except InvalidKeyTypeError:
            continue
    raise ValueError("PRIVATE_KEY_FILE is no P-256, Ed25519 or RSA key")


def ticket_issuer(issuer):
    settings = {
        "client_id": os.environ["CLIENT_ID"],
        "server_metadata_url": f"{issuer}/.well-known/openid-configuration",
        "client_kwargs": {"scope": "openid profile birthdate", "code_challenge_method": "S256"},
    }
    if "PRIVATE_KEY_FILE" not in os.environ:
        settings["client_kwargs"]["token_endpoint_auth_method"] = "client_secret_basic"
        return TicketIssuer(None, "pedell", client_secret=os.environ["CLIENT_SECRET"], **settings)
    key, algorithm = private_key()
    settings["client_kwargs"]["token_endpoint_auth_method"] = "private_key_jwt"
    method = PrivateKeyJWT(headers={"kid": os.environ["KID"]}, alg=algorithm)
    return TicketIssuer(None, "pedell", client_secret=key, client_auth_methods=[method], **settings)


def check(claims, issuer, nonce, student, expected):
    now = time.time()
    assert claims["iss"] == issuer, claims["iss"]
    assert claims["aud"] == os.environ["CLIENT_ID"], claims["aud"]
    assert claims["nonce"] == nonce, "nonce"
    for name in ("sub", "jti", "proof_method", "product"):
        assert isinstance(claims.get(name), str) and claims[name], name
    assert student["matriculation_number"] not in claims["sub"], "sub gives the matriculation number away"
    for name in ("exp", "iat", "auth_time"):
        assert isinstance(claims.get(name), int), name
    assert now < claims["exp"] <= claims["iat"] + 900, "exp is minutes ahead"
    assert abs(claims["iat"] - now) < 60 and claims["auth_time"] <= claims["iat"], "iat is now, auth_time not after it"
    assert claims["university"]["id"] == student["university"] and claims["university"]["name"], "university"
    semester = claims["semester"]
    assert semester["key"] and DAY.fullmatch(semester["first_day"]) and DAY.fullmatch(semester["last_day"]), semester
    assert semester["first_day"] < semester["last_day"], semester
    assert isinstance(claims["repeat"], bool), "repeat"
    if "PRODUCT" in os.environ:
        assert claims["product"] == os.environ["PRODUCT"], claims["product"]
    for name, value in expected.items():
        assert claims.get(name) == value, f"{name} is {claims.get(name)!r}, not {value!r}"


def run():
    issuer, redirect_uri = os.environ["ISSUER_URL"], os.environ["REDIRECT_URI"]
    if issuer.startswith("http://"):
        os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    student = json.loads(os.environ["STUDENT"])
    typed = {"given_name": "given_names", "family_name": "family_name", "birthdate": "birth_date"}
    expected = {claim: student[field] for claim, field in typed.items()}
    expected = json.loads(os.environ["EXPECT_CLAIMS"]) if "EXPECT_CLAIMS" in os.environ else expected

    shop = ticket_issuer(issuer)
    extra = {"university": student["university"]}
    if "PRODUCT" in os.environ:
        extra["product"] = os.environ["PRODUCT"]
    request = shop.create_authorization_url(redirect_uri, **extra)
    callback, trail = walk(request["url"], redirect_uri, student)

    answer = {name: values[0] for name, values in parse_qs(urlsplit(callback).query).items()}
    assert answer.get("state") == request["state"], "state"
    assert answer.get("iss") == issuer, "iss of the authorization response (RFC 9207)"
    if "error" in answer:
        raise Refused(answer["error"], answer.get("error_description"), answer.get("reason"))
    exchange = {"code": answer["code"], "code_verifier": request["code_verifier"]}
    token = shop.fetch_access_token(redirect_uri, **exchange)
    claims = dict(shop.parse_id_token(token, nonce=request["nonce"]))
    check(claims, issuer, request["nonce"], student, expected)

    metadata = shop.load_server_metadata()
    with shop._get_oauth_client(**metadata) as session:
        response = session.introspect_token(metadata["introspection_endpoint"], token=token["id_token"])
    response.raise_for_status()
    introspection = response.json()
    assert introspection["active"] is True, introspection
    for name in ("iss", "aud", "sub", "jti", "exp"):
        assert introspection.get(name, claims[name]) == claims[name], f"introspection: {name}"
    try:
        shop.fetch_access_token(redirect_uri, **exchange)
    except OAuthError as error:
        assert error.error == "invalid_grant", error.error
    else:
        raise AssertionError("the code must not work twice")
    return {"trail": trail, "claims": claims, "introspection": introspection}


def main():
    method = "private_key_jwt" if "PRIVATE_KEY_FILE" in os.environ else "client_secret_basic"
    result, expected = {"library": "authlib", "authentication": method}, os.environ.get("EXPECT_ERROR")
    try:
        result |= run()
        result["ok"] = expected is None
        if expected:
            result["fault"] = f"{expected} was expected, but there is a token"
    except Refused as refusal:
        error, description, reason = refusal.args
        ok = error == expected and reason == os.environ.get("EXPECT_REASON", reason)
        result |= {"ok": ok, "error": error, "error_description": description, "reason": reason}
    except Exception:
        result |= {"ok": False, "fault": traceback.format_exc()}
    print(json.dumps(result, ensure_ascii=False))
    sys.exit(not result["ok"])


main()

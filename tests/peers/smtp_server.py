"""A real SMTP server (aiosmtpd) for tests/mail.rs: STARTTLS and a login before anything else. Prints its port, and each
mail that it takes as one line of JSON.

usage: smtp_server.py PORT [CERTIFICATE KEY | --silent]
"""

import asyncio
import base64
import json
import socket
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Inbox:
    async def handle_DATA(self, server, session, envelope):
        taken = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "data": base64.b64encode(envelope.content).decode(),
            "tls": session.ssl is not None,
            "user": session.auth_data.login.decode() if session.auth_data else None,
        }
        print(json.dumps(taken), flush=True)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"pedell", b"correct horse")
    return AuthResult(success=known, handled=False, auth_data=data)


async def main():
    port = int(sys.argv[1])
    loop = asyncio.get_running_loop()
    if sys.argv[2:] == ["--silent"]:
        # Takes a connection and never says anything.
        factory = asyncio.Protocol
    elif len(sys.argv) == 4:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[2], sys.argv[3])

        def factory():
            return SMTP(
                Inbox(), hostname="localhost", tls_context=context, require_starttls=True,
                auth_required=True, authenticator=authenticate, loop=loop,
            )
    else:

        def factory():
            return SMTP(Inbox(), hostname="localhost", loop=loop)

    server = await loop.create_server(factory, "127.0.0.1", port, family=socket.AF_INET)
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main())

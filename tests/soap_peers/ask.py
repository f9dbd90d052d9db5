"""zeep reads a service's WSDL and asks it: WSDL URL, then pairs of element and value. Prints the answer as JSON."""

import json
import sys

import zeep

client = zeep.Client(sys.argv[1])
asked = dict(argument.split("=", 1) for argument in sys.argv[2:])
answer = client.service.verifyData(**asked)
print(json.dumps(zeep.helpers.serialize_object(answer, dict), default=str))

<?php
// Demands signed requests, signs response and assertion, and encrypts as it does by default: AES-128-CBC, RSA-OAEP.
$folder = getenv('IDP_FOLDER');
$metadata[getenv('IDP_ENTITY_ID')] = [
    'host' => '__DEFAULT__',
    'privatekey' => 'signing.pem',
    'certificate' => 'signing.crt',
    'auth' => 'people',
    'scope' => [getenv('IDP_SCOPE')],
    'validate.authnrequest' => true,
    'redirect.validate' => true,
    'saml20.sign.response' => true,
    'saml20.sign.assertion' => true,
    'assertion.encryption' => true,
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
];
// A key to come is published before it signs.
if (file_exists("$folder/next.crt")) {
    $metadata[getenv('IDP_ENTITY_ID')] += ['new_privatekey' => 'next.pem', 'new_certificate' => 'next.crt'];
}

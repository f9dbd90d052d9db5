<?php
// SimpleSAMLphp as the tests start it: everything it writes goes to IDP_FOLDER, and it answers at IDP_URL.
$folder = getenv('IDP_FOLDER');
$config = [
    'baseurlpath' => getenv('IDP_URL') . '/',
    'certdir' => "$folder/",
    'loggingdir' => "$folder/",
    'datadir' => "$folder/",
    'tempdir' => "$folder/tmp",
    'metadatadir' => __DIR__ . '/metadata',
    'attributenamemapdir' => '/usr/share/simplesamlphp/config/attributemap/',
    'secretsalt' => 'for tests only',
    'auth.adminpassword' => 'for tests only',
    'technicalcontact_name' => 'Tests',
    'technicalcontact_email' => 'na@example.org',
    'timezone' => 'UTC',
    'enable.saml20-idp' => true,
    'module.enable' => ['core' => true, 'saml' => true, 'exampleauth' => true],
    'metadata.sources' => [
        ['type' => 'flatfile'],
        // Pedell's own metadata, as it serves them.
        ['type' => 'xml', 'file' => "$folder/pedell.xml"],
    ],
    'store.type' => 'phpsession',
    'session.phpsession.cookiename' => 'SimpleSAML',
    'session.phpsession.savepath' => "$folder/tmp",
    'session.phpsession.httponly' => true,
    'session.cookie.secure' => false,
    'session.cookie.samesite' => null,
    'logging.handler' => 'file',
    'logging.level' => SimpleSAML\Logger::NOTICE,
    'logging.logfile' => 'simplesamlphp.log',
    'showerrors' => true,
    'errorreporting' => false,
    'theme.use' => 'default',
];

<?php
// The same people as in people.json: name and password, and what is said of them.
$people = json_decode(file_get_contents(getenv('IDP_FOLDER') . '/people.json'), true);
$config = ['admin' => ['core:AdminPassword'], 'people' => ['exampleauth:UserPass'] + $people];

<?php
// A university's web service by PHP's SoapServer, for `php -S`. The path says how it is and how it feels today:
// /plain and /namespaced serve the two WSDLs (GET ?wsdl) and answer; the others fail in one way each.
[, $kind] = explode('/', parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
$self = 'http://' . $_SERVER['HTTP_HOST'];

class Verify {
    public function __construct(private string $kind) {}

    /** RPC style: the parts in their order. */
    public function verifyDataRequest($token, $number, $name, $given, $born, $code, $semester) {
        return $this->verifyData((object) [
            'token' => $token, 'Matrikelnummer' => $number, 'Name' => $name, 'Vorname' => $given,
            'Geburtsdatum' => $born, 'Postleitzahl' => $code, 'Semesterkuerzel' => $semester,
        ]);
    }

    /** Document style: one element. */
    public function verifyData($asked) {
        if ($this->kind === 'fault') {
            throw new SoapFault('Server', 'database of ' . $asked->Name . ' is away');
        }
        if ($this->kind === 'token' && ($asked->token ?? '') !== '3423k24') {
            throw new SoapFault('Client', 'token');
        }
        $known = [$asked->Matrikelnummer, $asked->Name, $asked->Vorname, $asked->Geburtsdatum, $asked->Semesterkuerzel];
        $is_known = $known === ['0012345', 'Müller & Söhne', 'Jana <Sophie>', '2003-04-17', '26W'];
        return ['result' => $is_known, 'fehlerCode' => $is_known ? 0 : 1];
    }
}

header('Content-Type: text/xml; charset=utf-8');
switch ($kind) {
    case 'auth':
        if (($_SERVER['PHP_AUTH_USER'] ?? '') !== 'pedell' || ($_SERVER['PHP_AUTH_PW'] ?? '') !== 'gehe:im') {
            header('WWW-Authenticate: Basic realm="uni"');
            http_response_code(401);
            exit;
        }
        break;
    case '503':
        http_response_code(503);
        exit;
    case 'slow':
        sleep(30);
        break;
    case 'truncated':
        echo '<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><verifyDataResponse><result>true</res';
        exit;
    case 'gigabyte':
        for ($megabyte = 0; $megabyte < 1024; $megabyte++) {
            echo str_repeat(' ', 1 << 20);
        }
        exit;
    case 'bomb':
        $entities = '';
        for ($i = 1; $i < 20; $i++) {
            $entities .= "<!ENTITY a$i \"" . str_repeat('&a' . ($i - 1) . ';', 10) . '">';
        }
        echo "<!DOCTYPE a [<!ENTITY a0 'ha'>$entities]><a>&a19;</a>";
        exit;
    case 'latin':
        echo "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>\xFC</a>";
        exit;
    case 'latin-declared':
        echo "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><verifyDataResponse><result>true</result><gru\xDF/></verifyDataResponse></s:Body></s:Envelope>";
        exit;
}
$file = __DIR__ . '/' . ($kind === 'namespaced' ? 'namespaced' : 'plain') . '.wsdl';
if ($_SERVER['REQUEST_METHOD'] === 'GET') {
    echo str_replace('@ADDRESS@', "$self/$kind", file_get_contents($file));
    exit;
}
$server = new SoapServer($file, ['cache_wsdl' => WSDL_CACHE_NONE]);
$server->setObject(new Verify($kind));
$server->handle();

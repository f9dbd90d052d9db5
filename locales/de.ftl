# Die Sätze der Seiten für Studierende. Anrede: Sie. Kurz, ohne Fachwörter; was zu tun ist, steht im letzten Satz.

## Rahmen

skip = Zum Inhalt
languages = Sprache
demo-notice = Vorführung: Alle Hochschulen und Personen sind erfunden.
operated-by = Betrieben von { $operator }
footer-why = Warum wurde ich abgelehnt?
footer-privacy = Datenschutz
footer-imprint = Impressum
footer-accessibility = Barrierefreiheit
cancel = Abbrechen und zurück zu { $issuer }
again = Noch einmal versuchen
back-to = Zurück zu { $issuer }
next = Was Sie jetzt tun können
reference = Vorgangsnummer
reference-hint = Nennen Sie diese Nummer, wenn Sie jemanden um Hilfe bitten.
contact-of = Ansprechstelle: { $university }
fact-university = Hochschule
fact-semester = Semester
fact-issuer = Angefragt von
fact-when = Zeitpunkt
fact-code = Grund
semester-winter = Wintersemester { $years }
semester-summer = Sommersemester { $year }

## Auswahl der Hochschule

picker-title = An welcher Hochschule studieren Sie?
picker-lead = { $issuer } möchte wissen, ob Sie eingeschrieben sind. Ihre Hochschule bestätigt das gleich hier.
picker-last = Zuletzt gewählt
picker-other = Andere Hochschule
picker-search = Name, Kürzel oder Ort
picker-search-button = Suchen
picker-list = Hochschulen
picker-found =
    { $count ->
        [one] Eine Hochschule gefunden
       *[other] { $count } Hochschulen gefunden
    }
picker-count-none = Keine Hochschule gefunden
picker-count-one = Eine Hochschule gefunden
picker-count-many = # Hochschulen gefunden
picker-all = Alle Hochschulen zeigen
picker-others = Gefunden, aber nicht dabei
picker-others-more = Es gibt noch mehr. Schreiben Sie mehr vom Namen.
picker-others-absent = Diese Hochschulen nehmen noch nicht teil. Fragen Sie { $issuer }, welchen anderen Nachweis es gibt.
picker-everywhere = Unter allen Hochschulen suchen
picker-nothing = Keine Hochschule gefunden
picker-nothing-short = Versuchen Sie es mit einem kürzeren Wort.
picker-nothing-place = Suchen Sie nach dem Ort Ihrer Hochschule.
picker-nothing-absent = Fehlt Ihre Hochschule ganz? Dann nimmt sie noch nicht teil. Fragen Sie { $issuer }, welchen anderen Nachweis es gibt.

## Formular

form-title = Ihre Angaben
form-other-university = Andere Hochschule wählen
form-fault-mark = Fehler
form-faults = Bitte prüfen Sie diese Angaben
form-no-match = Diese Angaben passen nicht zur Liste Ihrer Hochschule für das { $semester }
form-no-match-service = Ihre Hochschule bestätigt diese Angaben für das { $semester } nicht
form-no-match-spelling = Schreiben Sie Ihren Namen wie auf dem Studierendenausweis, mit allen Vornamen.
form-no-match-number = Prüfen Sie die Matrikelnummer, auch die Nullen am Anfang.
form-no-match-recent = Gerade erst eingeschrieben oder zurückgemeldet? Dann stehen Sie vielleicht noch nicht auf der Liste. Versuchen Sie es in ein paar Tagen wieder.
form-no-match-recent-service = Gerade erst eingeschrieben oder zurückgemeldet? Dann hat Ihre Hochschule es vielleicht noch nicht eingetragen. Versuchen Sie es in ein paar Tagen wieder.
form-no-match-reference = Für Rückfragen: Nummer { $reference }.
form-help = Bei der Hochschule nachfragen
form-locked = Zu viele Versuche
form-locked-wait =
    { $minutes ->
        [one] Zum Schutz Ihrer Daten geht es erst in einer Minute weiter.
       *[other] Zum Schutz Ihrer Daten geht es erst in { $minutes } Minuten weiter.
    }
form-submit = Prüfen und weiter zu { $issuer }

field-matriculation-number = Matrikelnummer
field-matriculation-number-hint = Steht auf Ihrem Studierendenausweis. Nullen am Anfang gehören dazu.
field-matriculation-number-missing = Geben Sie Ihre Matrikelnummer ein.
field-matriculation-number-unreadable = Die Matrikelnummer enthält Zeichen, die dort nicht vorkommen.
field-matriculation-number-long = Die Matrikelnummer ist zu lang.
field-given-names = Vornamen
field-given-names-hint = Alle Vornamen, wie an der Hochschule angegeben.
field-given-names-missing = Geben Sie Ihre Vornamen ein.
field-given-names-unreadable = Die Vornamen enthalten Zeichen, die in Namen nicht vorkommen.
field-given-names-long = Die Vornamen sind zu lang.
field-family-name = Nachname
field-family-name-hint = Mit allen Namensteilen, zum Beispiel „von“ oder „al“.
field-family-name-missing = Geben Sie Ihren Nachnamen ein.
field-family-name-unreadable = Der Nachname enthält Zeichen, die in Namen nicht vorkommen.
field-family-name-long = Der Nachname ist zu lang.
field-birth-date = Geburtsdatum
field-birth-date-hint = TT.MM.JJJJ, zum Beispiel 24.12.2003
field-birth-date-missing = Geben Sie Ihr Geburtsdatum ein.
field-birth-date-unreadable = Dieses Geburtsdatum gibt es nicht. Schreiben Sie es so: 24.12.2003
field-birth-date-long = Das Geburtsdatum ist zu lang. Schreiben Sie es so: 24.12.2003
field-postal-code = Postleitzahl
field-postal-code-hint = Von der Adresse, die Ihre Hochschule hat.
field-postal-code-missing = Geben Sie Ihre Postleitzahl ein.
field-postal-code-unreadable = Die Postleitzahl hat Zeichen, die darin nicht vorkommen.
field-postal-code-long = Die Postleitzahl ist zu lang.

passed-on = Das erfährt { $issuer }
passed-on-enrollment = dass Sie eingeschrieben sind, an welcher Hochschule und für welches Semester
passed-on-given-names = Ihre Vornamen
passed-on-family-name = Ihren Nachnamen
passed-on-birth-date = Ihr Geburtsdatum
passed-on-picture = Ihr Foto
passed-on-pseudonym = eine Kennung, die nur dort gilt
passed-on-names-service = Ihre Hochschule muss alles davon zuerst bestätigen. Ihre Matrikelnummer wird nicht weitergegeben.
passed-on-names = Alles kommt aus der Liste Ihrer Hochschule, auch die Schreibweise Ihres Namens. Ihre Matrikelnummer wird nicht weitergegeben.

## Ergebnis

reason-not_enrolled-title = Ihre Hochschule konnte die Einschreibung nicht bestätigen
reason-not_enrolled-why = Für dieses Semester sind Sie dort nicht als eingeschrieben verzeichnet.
reason-not_enrolled-next = Gerade erst eingeschrieben oder zurückgemeldet? Dann dauert es oft ein paar Tage, bis die Daten da sind. Sonst fragen Sie im Studierendensekretariat nach.
reason-wrong_semester-title = Der Nachweis gilt für ein anderes Semester
reason-wrong_semester-why = Ihre Hochschule hat Sie bestätigt, aber nicht für das Semester, für das Sie das Ticket möchten.
reason-wrong_semester-next = Prüfen Sie, ob Sie sich schon zurückgemeldet haben und ob Sie im Shop das richtige Semester gewählt haben.
reason-not_student-title = Dieses Hochschulkonto gehört nicht zu einem Studium
reason-not_student-why = Ihre Hochschule führt das Konto zum Beispiel als Mitarbeit, Gast oder Alumni.
reason-not_student-next = Haben Sie mehrere Konten? Dann melden Sie sich mit dem an, das zu Ihrem Studium gehört. Sonst fragen Sie im Studierendensekretariat nach.
reason-attribute_missing-title = Ihre Hochschule hat nicht alle Angaben geschickt
reason-attribute_missing-why = Für dieses Ticket fehlt mindestens eine Angabe. Das liegt nicht an Ihnen.
reason-attribute_missing-next = Falls Ihre Hochschule Sie gefragt hat, was sie weitergeben darf, stimmen Sie beim nächsten Versuch allem zu. Sonst melden Sie es der Hochschule mit der Vorgangsnummer.
missing = Das fehlt
missing-identifier = eine Kennung, an der wir Sie ohne Ihren Namen wiedererkennen
missing-affiliation = dass Sie dort studieren
missing-semester = für welches Semester Sie eingeschrieben sind
missing-given_names = Ihre Vornamen
missing-family_name = Ihr Nachname
missing-birth_date = Ihr Geburtsdatum
missing-picture = Ihr Foto
reason-source_unavailable-title = Ihre Hochschule ist gerade nicht erreichbar
reason-source_unavailable-why = Über Ihre Berechtigung wurde nichts entschieden. Das liegt nicht an Ihnen.
reason-source_unavailable-next = Versuchen Sie es in einigen Minuten noch einmal.
reason-source_unavailable-when =
    { $minutes ->
        [one] Versuchen Sie es in einer Minute noch einmal.
       *[other] Versuchen Sie es in { $minutes } Minuten noch einmal.
    }
reason-consent_denied-title = Sie haben abgebrochen
reason-consent_denied-why = Es wurde nichts weitergegeben.
reason-consent_denied-next = Ohne die Bestätigung Ihrer Hochschule können Sie dieses Ticket nicht kaufen. Sie können jederzeit neu beginnen.
reason-too_many_attempts-title = Zu viele Versuche
reason-too_many_attempts-why = Zum Schutz Ihrer Daten geht es hier vorerst nicht weiter.
reason-too_many_attempts-next = Warten Sie eine Weile. Legen Sie dann Ihren Studierendenausweis bereit, und übernehmen Sie die Angaben genau.
reason-not_entitled-title = Für dieses Ticket sind Sie nicht berechtigt
reason-not_entitled-why = Ihre Hochschule bestätigt das Studium, aber keinen Anspruch auf dieses Ticket. So ist es zum Beispiel oft bei Urlaubssemester, Gasthörerschaft oder Befreiung vom Beitrag.
reason-not_entitled-next = Ob das stimmt, weiß Ihre Hochschule. Fragen Sie dort nach, und nennen Sie die Vorgangsnummer.
reason-login_too_old-title = Ihre Anmeldung liegt zu lange zurück
reason-login_too_old-why = Für dieses Ticket müssen Sie sich an der Hochschule frisch anmelden.
reason-login_too_old-next = Versuchen Sie es noch einmal, und melden Sie sich dabei neu an.
reason-login_failed-title = Die Anmeldung hat nicht geklappt
reason-login_failed-why = Die Antwort Ihrer Hochschule auf die Anmeldung konnte nicht angenommen werden. Über Sie wurde nichts entschieden.
reason-login_failed-next = Versuchen Sie es noch einmal. Klappt es wieder nicht, nennen Sie der IT Ihrer Hochschule die Referenznummer.

## Sackgassen

problem-onward = Weiter zum Shop
problem-unknown-client-title = Dieser Shop ist hier nicht bekannt
problem-unknown-client-what = Wir senden niemanden an eine Adresse, die wir nicht kennen.
problem-unknown-client-next = Kehren Sie zum Shop zurück, und melden Sie dort das Problem mit der Vorgangsnummer.
problem-wrong-redirect-uri-title = Der Rückweg zum Shop stimmt nicht
problem-wrong-redirect-uri-what = Der Shop nennt eine Adresse, die nicht für ihn eingetragen ist. Zu Ihrem Schutz geht es hier nicht weiter.
problem-wrong-redirect-uri-next = Rufen Sie den Shop selbst auf, statt einem Link zu folgen. Bleibt es dabei, melden Sie es dort mit der Vorgangsnummer.
problem-bad-request-title = Diese Anfrage ist unvollständig
problem-bad-request-what = Der Shop hat uns etwas geschickt, das wir nicht lesen können.
problem-bad-request-next = Beginnen Sie im Shop noch einmal. Bleibt es dabei, melden Sie es dort mit der Vorgangsnummer.
problem-flow-expired-title = Diese Seite ist abgelaufen
problem-flow-expired-what = Sie war zu lange offen oder gehört zu einem anderen Browser.
problem-flow-expired-next = Beginnen Sie im Shop noch einmal. Es dauert nur einen Augenblick.
problem-not-found-title = Diese Seite gibt es nicht
problem-not-found-what = Vielleicht ist die Adresse unvollständig.
problem-not-found-next = Beginnen Sie im Shop, in dem Sie Ihr Ticket kaufen.
problem-cookies-off-title = Ihr Browser nimmt keine Cookies an
problem-cookies-off-what = Ohne ein Cookie wissen wir nicht, dass Sie es noch sind. Es gilt nur für diese Prüfung.
problem-cookies-off-next = Erlauben Sie Cookies für diese Seite, oder öffnen Sie den Shop in einem anderen Browser.
problem-too-large-title = Das war zu viel auf einmal
problem-too-large-what = Es wurde mehr gesendet, als hier gelesen wird.
problem-too-large-next = Gehen Sie zurück, und kürzen Sie Ihre Eingaben.
problem-too-many-title = Gerade ist viel los
problem-too-many-what = Von Ihrem Anschluss kamen sehr viele Anfragen.
problem-too-many-next = Warten Sie eine Minute, und versuchen Sie es dann noch einmal.
problem-internal-title = Hier ist etwas schiefgegangen
problem-internal-what = Der Fehler liegt bei uns. Über Ihre Berechtigung wurde nichts entschieden.
problem-internal-next = Versuchen Sie es in einigen Minuten noch einmal. Bleibt es dabei, melden Sie es mit der Vorgangsnummer.

## Übergabe

handing-over-title = Geschafft
handing-over-lead = Ihre Hochschule hat geantwortet. Weiter geht es bei { $issuer }.
handing-over-button = Weiter zu { $issuer }
handing-over-hint = Bitte innerhalb einer Minute: Danach gilt die Antwort nicht mehr.

## Startseite

home-title = Eingeschrieben? Die Hochschule bestätigt es.
home-lead = Pedell steht zwischen Hochschule und Ticketshop. Die Hochschule sagt, wer eingeschrieben ist, und der Shop bekommt eine kurz gültige, unterschriebene Antwort.
home-shop = Vorführ-Shop öffnen
home-students = Für Studierende
home-students-text = Hier müssen Sie nichts tun. Kaufen Sie Ihr Ticket in Ihrem Shop; er schickt Sie für einen Augenblick hierher.
home-why = Warum wurde ich abgelehnt?
home-issuers = Für Ticketshops
home-issuers-text = Pedell spricht OpenID Connect. Jede gängige Bibliothek kann es, und das ID-Token lässt sich ohne Rückfrage prüfen.
home-discovery = OpenID-Konfiguration
home-openapi = OpenAPI-Beschreibung
home-privacy = Datenschutz
home-privacy-text = Weitergegeben wird nur, was der Shop für das Ticket braucht, und nur mit Ihrem Wissen. Die Daten liegen verschlüsselt, für jede Hochschule getrennt.

## Auskunft

lookup-title = Warum wurde ich abgelehnt?
lookup-lead = Mit der Vorgangsnummer sehen Sie den Grund und was Sie tun können.
lookup-hint = Zehn Zeichen von der Ergebnisseite, zum Beispiel 7K3QF-9XTR2
lookup-button = Nachsehen
lookup-unreadable = Das ist keine Vorgangsnummer. Sie hat zehn Zeichen.
lookup-not-found = Zu dieser Nummer gibt es nichts
lookup-not-found-text = Prüfen Sie die Zeichen einzeln. Zu alten Vorgängen gibt es keine Auskunft mehr.
lookup-too-many = Zu viele Anfragen
lookup-too-many-text = Warten Sie eine Minute, und versuchen Sie es dann noch einmal.
lookup-verified = Dieser Nachweis ist gelungen
lookup-verified-text = Ihre Hochschule hat die Berechtigung bestätigt. Wenn Sie trotzdem kein Ticket haben, fragen Sie { $issuer }.

## Von der Anmeldung an der Hochschule zurück

hop-title = Einen Moment
hop-lead = Die Antwort Ihrer Hochschule wird geprüft.
hop-button = Weiter

## Probeanmeldung für die IT der Hochschule

trial-title = Anbindung ausprobieren
trial-lead = Test-Anbindung: { $university }
trial-what-happens = Sie melden sich bei Ihrer Hochschule an. Danach sehen Sie, was angekommen ist, was fehlt und wie entschieden würde. Es wird kein Nachweis ausgestellt und nichts davon aufbewahrt.
trial-what-happens-service = Mit diesen Angaben wird eine einzige Frage an den Dienst gestellt. Danach sehen Sie, was gesendet wurde, was zurückkam und wie entschieden würde. Es wird kein Nachweis ausgestellt und nichts davon aufbewahrt.
trial-button-service = Fragen und ansehen
trial-service = Dienst
trial-button = Anmelden und ansehen
trial-provider = Anmeldedienst
trial-version = Stand der Anbindung
trial-faults = Das steht im Weg
trial-nobody = Studierende dieser Hochschule weisen sich über die eingespielte Liste aus. Es gibt keinen Anmeldedienst, den man ausprobieren könnte.
report-title = Was angekommen ist
report-lead = Test-Anbindung: { $university }
report-refused = Die Antwort wurde nicht angenommen
report-refused-text = Der Code sagt, woran es liegt. Die Dokumentation erklärt jeden.
report-decisions = So würde entschieden
report-standard-rule = Übliche Regel
report-eligible = Berechtigt
report-missing = Das fehlt
report-missing-text = Geben Sie diese Attribute für uns frei.
report-anonymous = Es kam nichts an, woran wir dieselbe Person wiedererkennen: pairwise-id, subject-id oder eine dauerhafte NameID.
report-arrived = Angekommen
report-nothing = Es kam nichts an.
report-not-read = Wird nicht gelesen.
report-sent = Gesendet, Geheimnisse geschwärzt
report-received = Zurückgekommen
report-not-kept = Diese Angaben werden nicht gespeichert. Schließen Sie die Seite, wenn Sie fertig sind.
report-remark-foreign-scope = Nicht verwendet: Der Anmeldedienst darf für diesen Bereich nicht sprechen (shibmd:Scope).
report-remark-malformed = Nicht verwendet: Der Wert hat nicht die Form, die der Standard verlangt.
report-remark-several-values = Nicht verwendet: Es kamen mehrere Werte, erlaubt ist einer.
problem-blocked-region-title = Aus diesem Netz ist kein Zugriff möglich
problem-blocked-region-what = Der Betreiber nimmt aus der Gegend, in der diese Internetadresse liegt, keine Anfragen an.
problem-blocked-region-next = Versuchen Sie es mit dem VPN Ihrer Hochschule. Sonst fragen Sie beim Ticketverkauf nach, und nennen Sie die Referenznummer.
problem-trial-over-title = Dieser Link gilt nicht mehr
problem-trial-over-what = Er gilt eine Stunde lang.
problem-trial-over-next = Bitten Sie die Stelle, von der Sie ihn haben, um einen neuen.

## Einwilligung

refused-own = Das können Sie selbst ergänzen:
refused-account = Zu Ihrem Konto
self-asserted = von Ihnen ergänzt
consent-title = An { $issuer } weitergeben?
consent-lead = { $university } hat bestätigt, dass Sie berechtigt sind. Weitergegeben ist noch nichts.
consent-remembered = Ihre Antwort wird gemerkt. Sie sehen sie, und können sie widerrufen, in
consent-account = Ihrem Konto.
consent-agree = Zustimmen und weiter zu { $issuer }
consent-decline = Nichts weitergeben

## Das eigene Konto

account-title = Ihr Konto
account-login-lead = Melden Sie sich bei Ihrer Hochschule an: Dann sehen Sie, was sie uns über Sie gesagt hat und wer was bekommen hat.
account-login-nothing = Fehlt Ihre Hochschule? Dann melden Sie sich für Tickets nicht bei ihr an, und es gibt kein Konto.
account-login-hint = Ein eigenes Passwort gibt es nicht. Nach der Anmeldung ist das Konto 15 Minuten lang offen.
account-received = Was Ihre Hochschule uns gesagt hat
account-received-text = Jeweils das Letzte, mit Zeit und Weg.
account-given-names = Vornamen
account-family-name = Nachname
account-birth-date = Geburtsdatum
account-picture = Foto
account-is-student = Studierend
account-semesters = Eingeschrieben
account-entitlements = Ticketberechtigung
account-enrollment = Einschreibung
account-yes = Ja
account-no = Nein
account-added = Was Sie selbst ergänzen
account-added-text = Manche Tickets brauchen etwas, das Ihre Hochschule uns nicht sagt. Was Sie ergänzen, ist überall als von Ihnen ergänzt gekennzeichnet, und nicht jedes Ticket nimmt es an. Ihr Name ist immer der, den Ihre Hochschule führt.
account-add-birth-date = Geburtsdatum ergänzen
account-remove-birth-date = Geburtsdatum entfernen
account-other-photo = Ein anderes Foto
account-photo-hint = JPEG, PNG oder WebP, bis 8 MB. Wir behalten eine kleine Kopie ohne Orts- und Kameradaten.
account-picture-alt = Ihr Foto
account-add-photo = Foto hochladen
account-remove-photo = Foto entfernen
account-consents = Wer was erfahren darf
account-consents-text = Dem haben Sie zugestimmt. Wenn Sie es widerrufen, werden Sie vor dem nächsten Ticket wieder gefragt. Was schon weitergegeben ist, bleibt dort; fragen Sie dazu den Shop.
account-consents-none = Sie haben nicht zugestimmt, dass jemand etwas erfährt.
account-withdraw = Für { $issuer } widerrufen
account-passed-on = Was weitergegeben wurde
account-passed-on-none = Noch nichts.
account-passed-on-unknown = Welche Angaben, wurde damals nicht aufgeschrieben.
account-rights = Ihre Daten
account-download = Alles herunterladen (JSON)
account-anonymise-text = Sie können verlangen, dass Ihr Konto anonymisiert wird. Der Betreiber überschreibt dann alles, was zu Ihnen führt. Gekaufte Tickets bleiben gültig.
account-anonymise = Anonymisierung verlangen
account-anonymise-asked = Sie haben die Anonymisierung verlangt. Der Betreiber führt sie aus.
account-number = Kontonummer, für Briefe an den Betreiber:
account-leave = Kontoseite schließen
account-fault-birth-date = Dieses Geburtsdatum gibt es nicht. Schreiben Sie es so: 24.12.2003
account-fault-no-photo = Wählen Sie ein Foto aus.
account-fault-photo = Diese Datei ist kein Foto, das wir lesen können. JPEG, PNG und WebP gehen.
account-fault-large-photo = Das Foto ist zu groß. Bis 8 MB und 25 Megapixel gehen.
account-fault-small-photo = Das Foto ist zu klein, um jemanden zu erkennen.
problem-account-closed-title = Ihr Konto ist wieder geschlossen
problem-account-closed-what = Es war zu lange offen, oder diese Seite gehört zu einem anderen Browser.
problem-account-closed-next = Melden Sie sich noch einmal bei Ihrer Hochschule an; verloren ist nichts.
problem-account-login-title = Die Anmeldung hat nicht geklappt
problem-account-login-what = Die Antwort Ihrer Hochschule auf die Anmeldung konnte nicht angenommen werden. Ihr Konto bleibt geschlossen.
problem-account-login-next = Versuchen Sie es noch einmal. Klappt es weiter nicht, nennen Sie der IT Ihrer Hochschule die Referenznummer.

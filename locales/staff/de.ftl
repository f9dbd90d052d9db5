# Die Sätze für die Menschen, die hier arbeiten.

## Um jede Seite

nav-label = Konsole
nav-overview = Übersicht
nav-tenants = Mandanten
nav-connection = Anbindung
nav-rosters = Listen
nav-verifications = Prüfungen
nav-statistics = Statistik
nav-people = Personal
nav-audit = Protokoll
nav-account = Mein Konto
nav-logout = Abmelden

rank-clerk = Schalterkraft
rank-senior_clerk = Leitende Schalterkraft
rank-outlet_manager = Filialleitung
rank-agency_manager = Leitung der Vorverkaufsstelle
rank-organizer_staff = Personal der Hochschule
rank-organizer_manager = Leitung der Hochschule
rank-operator = Betreiber

field-login = Anmeldename
field-login-hint = 8 bis 64 Zeichen, zum Beispiel eine E-Mail-Adresse. Er lässt sich später nicht ändern.
field-password = Passwort
field-present-password = Bisheriges Passwort
field-new-password = Neues Passwort
field-password-again = Noch einmal dasselbe
field-code = Code
field-code-hint = Die sechs Ziffern Ihrer Authenticator-App oder einer Ihrer Ersatzcodes.
field-first-code = Die sechs Ziffern, die die App jetzt zeigt
field-name = Name
field-rank = Hierarchiestufe
field-outlet = Filiale
field-outlet-none = Keine
field-last-day = Letzter Tag
field-last-day-hint = Danach ist das Konto von selbst gesperrt. Leer: kein Ende.

staff-wait-title = Zu viele Versuche
staff-wait =
    { $seconds ->
        [one] In einer Sekunde können Sie es wieder versuchen.
       *[other] In { $seconds } Sekunden können Sie es wieder versuchen.
    }

## Anmelden

login-title = Anmelden
login-refused = Name oder Passwort stimmt nicht
login-refused-text = Prüfen Sie beides. Ist das Konto neu, öffnen Sie zuerst die Einladung. Geht es gar nicht, fragen Sie Ihre Leitung.
login-again = Bitte noch einmal
login-again-text = Die Seite war zu lange offen, oder Ihr Browser nimmt keine Cookies an.
login-over = Sie sind abgemeldet.
login-button = Anmelden
login-hint = Nur für Personal. Studierende melden sich aus ihrem Shop an.
code-title = Zweiter Faktor
code-lead = Zeigen Sie, dass Sie es sind.
code-wrong = Dieser Code stimmt nicht oder wurde schon benutzt
code-wrong-text = Jeder Code zählt einmal. Warten Sie auf den nächsten, und prüfen Sie die Uhr Ihres Telefons.
code-button = Weiter
code-instead = Oder mit einem Code
passkey-button = Passkey benutzen
passkey-wrong = Dieser Passkey wurde nicht angenommen
passkey-wrong-text = Vielleicht wurde er entfernt, oder die Seite war zu lange offen. Versuchen Sie es noch einmal oder auf anderem Weg.
passkey-failed = Der Browser hat nicht geantwortet
passkey-failed-text = Es hat sich nichts geändert. Versuchen Sie es noch einmal; liegt der Passkey auf einem anderen Gerät, halten Sie es bereit.
passkey-script = Passkeys brauchen JavaScript; in diesem Browser ist es aus.
field-recovery-hint = Einer Ihrer Ersatzcodes, wenn der Passkey nicht zur Hand ist.
step-up-title = Bitte noch einmal
step-up-lead = Was jetzt kommt, braucht einen frischen Nachweis. Er zählt fünf Minuten.

## Passwort

password-title = Passwort wählen
password-due = Ihr Passwort hat jemand anderes gewählt. Wählen Sie eines, das nur Sie kennen.
invitation-lead = Willkommen, { $name }. Hier richten Sie Ihr Konto bei { $tenant } ein.
password-hint = Mindestens { $least } Zeichen. Gut ist ein ganzer Satz, mit Leerzeichen.
password-button = Passwort setzen
password-too-short = Bitte mindestens { $least } Zeichen
password-too-long = Bitte höchstens 128 Zeichen
password-personal = Nicht Ihr Name und nicht der Ihrer Organisation
password-weak = Das ist zu schnell erraten. Nehmen Sie mehr Wörter oder einen ganzen Satz.
password-composition = Ihre Organisation verlangt Klein- und Großbuchstaben, eine Ziffer und ein anderes Zeichen
password-differ = Die beiden sind nicht gleich
password-managers = Dieses kennt Ihre Leitung. Wählen Sie ein anderes.
password-wrong-present = Das bisherige Passwort ist ein anderes

## Zweiter Faktor

enrol-title = Zweiten Faktor einrichten
enrol-due = Ihr Konto braucht neben dem Passwort einen zweiten Nachweis: eine App auf Ihrem Telefon, die Codes zeigt.
enrol-again = Eine neue App tritt an die Stelle der alten. Ihre anderen Sitzungen enden.
enrol-scan = 1. Bild scannen
enrol-scan-text = Öffnen Sie auf Ihrem Telefon eine Authenticator-App und scannen Sie dies. Keine Kamera? Tippen Sie den Schlüssel ab.
enrol-qr = QR-Code für die Authenticator-App
enrol-secret = Schlüssel
enrol-account = Konto
enrol-confirm = 2. Code eingeben
enrol-button = Einrichten
recovery-title = Heben Sie diese Codes auf
recovery-lead = Ist Ihr Telefon weg, meldet jeder von ihnen Sie einmal an, anstelle der App.
recovery-text = Sie werden nur jetzt gezeigt. Drucken Sie sie aus, oder legen Sie sie dorthin, wo Ihre Passwörter liegen.
recovery-on = Ich habe sie aufgehoben
enrol-passkey-instead = Stattdessen einen Passkey benutzen
passkey-title = Passkey einrichten
passkey-due = Ihr Konto braucht einen Passkey: einen Schlüssel auf Telefon, Rechner oder Sicherheitsschlüssel, den keine falsche Seite erfragen kann.
passkey-lead = Ein Passkey tritt an die Stelle des Codes: Telefon, Rechner oder Sicherheitsschlüssel weisen nach, dass Sie es sind.
passkey-text = Ihr Gerät fragt nach seiner PIN, Ihrem Finger oder Gesicht; das bleibt auf dem Gerät. Ihre anderen Sitzungen enden.
passkey-name = Wie er heißt
passkey-name-hint = Damit Sie ihn wiederfinden, zum Beispiel: Telefon
passkey-make = Passkey einrichten
passkey-refused = Der Passkey wurde nicht angenommen
passkey-refused-text = Vielleicht gehört er schon zum Konto, oder die Seite war zu lange offen. Versuchen Sie es noch einmal.
passkey-app-instead = Stattdessen eine Authenticator-App benutzen

## Übersicht

staff-home-title = Guten Tag, { $name }
staff-home-others =
    { $count ->
        [one] Ihr Konto ist noch woanders in Gebrauch
       *[other] Ihr Konto ist noch an { $count } anderen Stellen in Gebrauch
    }
staff-home-others-text = Sind das nicht Sie, beenden Sie diese Sitzungen und ändern Sie Ihr Passwort. Alle haben eine eigene Anmeldung; geben Sie Ihre nicht weiter.
staff-home-sessions = Meine Sitzungen ansehen
staff-home-attention = Zu tun
staff-home-nothing = Zurzeit nichts.
staff-home-no-roster = Für das laufende Semester { $semester } gibt es keine Liste. Studierende erfahren, dass ihre Hochschule nicht erreichbar ist.
staff-home-next-roster = Für das kommende Semester { $semester }, das am { $begins } beginnt, gibt es noch keine Liste
staff-home-old-roster = Die Liste für { $semester } ist von { $at }. Ist sie noch aktuell?
staff-home-source = Der Webdienst von { $university } versagt und wird kurz in Ruhe gelassen
staff-home-trail = Das Protokoll passt nicht zu seinem neuesten Prüfpunkt.
staff-home-trail-overdue = Einträge des Protokolls warten zu lange auf einen Prüfpunkt
staff-home-key = Derselbe Schlüssel unterschreibt Nachweise seit { $since }: „pedell keys rotate“ wechselt ihn
staff-home-invitations =
    { $count ->
        [one] Einladung oder erstes Passwort einer Person verfällt binnen eines Tages oder ist verfallen
       *[other] Einladungen oder erste Passwörter von { $count } Personen verfallen binnen eines Tages oder sind verfallen
    }
staff-home-promotion = Version { $version } der Anbindung wartet auf eine zweite Person
staff-home-elevation = Der Betreiber hat Einblick in diesen Mandanten, bis { $until }
staff-home-recovery =
    { $left ->
        [one] Ein Ersatzcode ist übrig
       *[other] { $left } Ersatzcodes sind übrig
    }
staff-home-ends = Diese Sitzung endet um { $at }, was auch geschieht.

## Konto

account-change-password = Ändern
account-factor = Authenticator-App
account-factor-there = eingerichtet
account-factor-change = Ändern
account-factor-set = Einrichten
account-codes-left =
    { $left ->
        [one] Ein Ersatzcode ist übrig.
       *[other] { $left } Ersatzcodes sind übrig.
    }
account-codes-new = Neue Ersatzcodes
account-passkeys = Passkeys
account-passkeys-text = Besser als Codes: sie wirken nur auf dieser Seite. Haben Sie zwei, damit Sie einen verlieren können.
account-passkey-synced = kann auf mehreren Geräten liegen
account-passkey-made = seit { $at }
account-passkey-remove = Entfernen
account-passkey-add = Passkey hinzufügen
account-app-remove = Authenticator-App entfernen
account-sessions = Sitzungen
account-sessions-text = Wo Ihr Konto in Gebrauch ist. Kennen Sie eine davon nicht? Beenden Sie sie, und ändern Sie Ihr Passwort.
account-this = diese hier
account-began = seit { $at }
account-seen = zuletzt benutzt { $at }
account-end = Beenden
account-end-others = Alle anderen beenden

## Personal

people-invite = Jemanden einladen
people-invited-until = bis { $until }
people-outlets = Filialen
people-new-outlet = Neue Filiale
people-add-outlet = Anlegen
people-rules = Regeln für alle
people-rule-factor = Alle brauchen einen zweiten Faktor
people-rule-composition = Passwörter brauchen Klein- und Großbuchstaben, eine Ziffer und ein anderes Zeichen
people-rule-passkey = Wer einen Passkey braucht
people-rule-passkey-hint = Codes lassen sie nicht mehr ein. Wer noch keinen hat, richtet ihn bei der nächsten Anmeldung ein.
passkey-of-nobody = niemand
passkey-of-managers = Leitungen
passkey-of-everybody = alle
people-rules-save = Regeln speichern
person-active = aktiv
person-no-factor = aktiv, ohne zweiten Faktor
person-invited = eingeladen
person-invitation-over = Einladung abgelaufen
person-blocked = gesperrt
person-over = letzter Tag vorbei
person-link = Einladung
person-link-text = Geben Sie diesen Link der Person selbst. Er wird nur jetzt gezeigt und gilt einmal.
person-mail-sent = Er wurde an { $login } geschickt.
person-mail-failed = Er konnte nicht per E-Mail geschickt werden.
person-link-until = Gilt bis { $until }
person-rights = Rechte
person-rights-hint = Höchstens, was die Stufe haben kann und was Sie selbst haben.
person-save = Speichern
person-invite = Konto anlegen
person-way = Wie kommt die Person herein?
person-way-link = Mit einem Link, und wählt selbst ein Passwort
person-way-password = Mit einem ersten Passwort von mir
person-first = Erstes Passwort
person-first-hint = Nur für die zweite Möglichkeit. Ganze Sätze sind gut; die Person muss sofort ein anderes wählen.
person-first-made = Das Konto ist da
person-first-made-text = Geben Sie Anmeldenamen und erstes Passwort weiter. Es öffnet nichts als die Seite, auf der ein eigenes gewählt wird.
person-first-until = Hat noch Ihr erstes Passwort. Es gilt bis { $until }.
person-account = Konto
person-block = Sperren
person-unblock = Entsperren
person-invite-again = Neue Einladung
person-revoke = Einladung zurücknehmen
person-reset-factor = Zweiten Faktor zurücksetzen
person-end-sessions = Sitzungen beenden
person-fault-name = Ein Name hat 1 bis 120 Zeichen
person-fault-login = Ein Anmeldename hat 8 bis 64 Zeichen: Buchstaben, Ziffern und . _ @ + -
person-fault-login-taken = Diesen Anmeldenamen gibt es schon
person-fault-rank = Diese Stufe können Sie hier nicht vergeben
person-fault-outlet = Diese Stufe braucht eine Filiale oder darf keine haben
person-fault-rights = Das sind mehr Rechte, als Sie haben oder als die Stufe haben kann
person-fault-last-day = Der letzte Tag ist vorbei oder kein Datum
module-connections = Anbindungen
module-rosters = Listen
module-verifications = Prüfungen
module-statistics = Statistik
module-staff = Personal
module-certificates = Zertifikate
module-issuers = Ticketsysteme
module-audit = Protokoll
module-privacy = Datenschutz
right-none = nichts
right-read = ansehen
right-edit = ansehen und ändern

## Mandanten

tenant-university = Hochschule
tenant-agency = Vorverkaufsstelle
tenant-operator = Betreiber
tenant-invite = Eine Leitung einladen
tenant-viewed = Sie haben bis { $until } Einblick in diesen Mandanten. Seine Leitung sieht das.
tenant-view = Einblick nehmen
tenant-view-text = Sie sehen dann die Daten dieses Mandanten. Seine Leitung sieht, seit wann, bis wann und warum.
tenant-reason = Grund
tenant-hours = Stunden (1 bis 8)
tenant-view-take = Einblick nehmen
tenant-view-end = Einblick zurückgeben
tenant-new = Neuer Mandant
tenant-kind = Art
tenant-slug = Kurzname
tenant-slug-hint = 2 bis 40 aus a-z, 0-9 und -. Er lässt sich später nicht ändern.
tenant-name-de = Name auf Deutsch
tenant-name-en = Name auf Englisch
tenant-add = Anlegen
tenant-fault-slug = Ein Kurzname hat 2 bis 40 aus a-z, 0-9 und -
tenant-fault-slug-taken = Diesen Kurznamen gibt es schon
tenant-fault-name = Ein Name hat 1 bis 120 Zeichen
tenant-fault-reason = Sagen Sie, warum, in höchstens 200 Zeichen

## Anbindung

connection-test = In Erprobung
connection-live = Was Studierende benutzen
connection-unset = Nichts gesetzt. Studierende tippen, was die eingespielte Liste weiß.
connection-version = Version { $version }
connection-try = Ausprobieren
connection-trial = Link zum Ausprobieren
connection-trial-text = Er gilt eine Stunde. Er zeigt, was die Anmeldung der Hochschule schickt und was entschieden würde.
connection-promote = Freigabe für Studierende beantragen
connection-asked = Version { $version } soll werden, was Studierende benutzen
connection-own = Eine zweite Person muss zustimmen.
connection-approve = Zustimmen
connection-reject = Ablehnen
connection-how = Was Studierende benutzen, ändert sich erst, wenn eine zweite Person freigibt, was ausprobiert wurde.
connection-edit = Ändern, was ausprobiert wird
edit-title = Testanbindung ändern
edit-text = Studierende merken davon nichts: Was hier gespeichert wird, wird erst ausprobiert, und gilt für sie, wenn eine zweite Person es freigibt.
edit-begin = Mit einer anderen Art beginnen
edit-document = Einstellungen
edit-document-hint = Eine Zeile für jede, wie in der Dokumentation der Anbindungen (TOML). Eine Zeile, die mit # beginnt, zählt nicht.
edit-secrets = Geheimnisse
edit-secrets-hint = Nie in den Einstellungen. Ein leeres Feld lässt das Geheimnis, wie es ist; was Sie eingeben, wird versiegelt und nicht wieder gezeigt.
edit-secret-set = ist gesetzt
edit-secret-unset = ist nicht gesetzt
edit-forget = Alle vorhandenen Geheimnisse vergessen, außer den jetzt eingegebenen
edit-save = Speichern
edit-back = Zurück zur Anbindung
edit-line = Zeile { $line }:
edit-faulty = Nichts gespeichert: Die Einstellungen sind nicht lesbar
edit-faulty-next = Das stimmt nicht an ihnen:
edit-overtaken = Nichts gespeichert: Jemand hat sie inzwischen geändert
edit-overtaken-next = Vergleichen Sie mit dem, was jetzt ausprobiert wird. Erneutes Speichern ersetzt es.
edit-other-addressee = Nichts gespeichert: Die Geheimnisse waren für eine andere Adresse
edit-other-addressee-next = Geben Sie sie neu ein und lassen Sie die vorhandenen vergessen.
edit-secret = Nichts gespeichert: Ein Geheimnis passt nicht
edit-secret-next = Diese Einstellungen brauchen kein solches Geheimnis, oder es ist zu lang. Lassen Sie die vorhandenen vergessen.
edit-saved = Gespeichert. Das steht dem Betrieb im Weg
edit-saved-next = Ausprobieren geht. Ein Fehler verhindert, dass Studierende es benutzen; eine Warnung nicht.

## Sackgassen

staff-problem-home = Zur Übersicht
staff-problem-not-found-title = Hier ist nichts
staff-problem-not-found-next = Vielleicht ist die Adresse unvollständig, oder es ist nicht für Sie bestimmt.
staff-problem-invitation-over-title = Diese Einladung gilt nicht mehr
staff-problem-invitation-over-next = Sie wurde benutzt, zurückgenommen oder ist zu alt. Bitten Sie Ihre Leitung um eine neue.
staff-problem-form-over-title = Diese Seite ist abgelaufen
staff-problem-form-over-next = Es wurde nichts geändert. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
staff-problem-bad-request-title = Das ist nicht zu lesen
staff-problem-bad-request-next = Es wurde nichts geändert. Gehen Sie zurück und versuchen Sie es noch einmal.
staff-problem-internal-title = Hier ist etwas schiefgegangen
staff-problem-internal-next = Es liegt an uns. Versuchen Sie es noch einmal, und nennen Sie dem Betreiber die Vorgangsnummer.
staff-problem-last-manager-title = Die letzte Leitung bleibt
staff-problem-last-manager-next = Niemand könnte diesen Mandanten mehr verwalten. Laden Sie zuerst eine weitere Leitung ein, ohne letzten Tag.
staff-problem-last-factor-title = Der letzte Faktor bleibt
staff-problem-last-factor-next = Sie könnten sich nicht mehr anmelden. Fügen Sie zuerst einen anderen Passkey oder eine Authenticator-App hinzu.
staff-problem-no-passkey-title = Zuerst selbst einen einrichten
staff-problem-no-passkey-next = Diese Regel würde Sie aussperren: richten Sie zuerst auf der Seite Ihres Kontos einen Passkey ein. Passkeys brauchen eine Adresse mit Namen.
staff-problem-same-person-title = Eine zweite Person muss entscheiden
staff-problem-same-person-next = Wer beantragt hat, kann nicht zustimmen.
staff-problem-nothing-asked-title = Es gibt nichts zu entscheiden
staff-problem-nothing-asked-next = Es wurde schon entschieden, oder der Antrag ist zurückgenommen.
staff-problem-overtaken-title = Die Anbindung in Erprobung wurde inzwischen geändert
staff-problem-overtaken-next = Probieren Sie sie noch einmal aus, und beantragen Sie neu.
staff-problem-faulty-title = Die Anbindung in Erprobung besteht ihre Prüfungen nicht
staff-problem-faulty-next = Die Seite der Anbindung sagt, was im Weg ist.
staff-problem-no-test-connection-title = Es gibt keine Anbindung in Erprobung
staff-problem-no-test-connection-next = Setzen Sie zuerst eine.

## Nachschlagen

search-filters = Filtern
search-all = alle
search-from = Von
search-to = Bis (einschließlich)
search-button = Suchen
search-older = Ältere
search-nothing = Nichts gefunden.
verifications-why = Warum?
verifications-outcome = Ergebnis
verifications-eligible = Berechtigt
verifications-refused = Abgelehnt
verifications-unknown = Prüfen Sie jedes Zeichen. Gehört sie zu einer anderen Hochschule?
statistics-show = Anzeigen
statistics-unreadable = Bitte höchstens ein Jahr wählen
statistics-chart = Prüfungen je Tag; der höchste Balken ist { $most }
statistics-issued = Ausgestellte Nachweise
statistics-repeats = davon Wiederholungen
statistics-redeemed = davon eingelöst
statistics-cancelled = davon storniert
statistics-semester = Semester
statistics-csv = Alles als CSV
statistics-outlet = { $eligible } berechtigt, { $refused } nicht
statistics-no-outlet = keiner Filiale
audit-trail = Protokoll
audit-records = Listen, Prüfungen, Nachweise
audit-house = Personal, Anbindung, Einstellungen
audit-kind = Was (Anfang)
audit-actor = Wer (Teil)
audit-object = Gegenstand
audit-export = Herausgeben
audit-export-text = Was zur Suche passt, das Älteste zuerst. Es braucht einen frischen Code und wird selbst protokolliert.
audit-checkpoints = Unterschriebene Prüfpunkte
audit-checkpoints-text = Während das Protokoll wächst, wird sein Ende stündlich unterschrieben, mit einem Schlüssel, der in keiner Datenbank steht. Eine Kopie, die Sie anderswo aufheben, beweist später, dass nichts umgeschrieben wurde.
audit-checkpoints-since =
    { $count ->
        [0] Jeder Eintrag ist unterschrieben.
        [one] Ein Eintrag wartet auf den nächsten.
       *[other] { $count } Einträge warten auf den nächsten.
    }
audit-checkpoint = Prüfpunkt { $number }
audit-checkpoint-entry = Eintrag { $seq }
audit-checkpoint-broken = Der neueste Prüfpunkt passt nicht zum Protokoll
audit-checkpoint-overdue = Einträge warten zu lange auf einen Prüfpunkt
audit-checkpoint-what = Sagen Sie dem Betreiber sofort Bescheid: „pedell audit verify“ sagt, was nicht stimmt.
audit-csv = CSV
audit-json = JSON

## Listen

rosters-none = Es gibt noch keine Liste.
rosters-current = in Kraft
rosters-previous = die davor
rosters-count =
    { $rows ->
        [one] eine Person
       *[other] { $rows } Personen
    }
rosters-roll-back = Die davor zurückholen
rosters-new = Eine neue Liste
rosters-new-text = Sie tritt an die Stelle der ganzen Liste ihres Semesters. Sehen Sie erst nach: Eine Vorschau ändert nichts.
rosters-what = Was geschehen soll
rosters-do-preview = Vorschau: nur ansehen
rosters-do-import = Einspielen: Studierende werden damit verglichen
rosters-skip-faulty = Fehlerhafte Zeilen auslassen
rosters-allow-shrink = Einspielen, obwohl die meisten wegfielen
rosters-file = Datei (CSV)
rosters-send = Senden
rosters-sending = Die Liste wird gesendet und gelesen …
rosters-reading = Sie ist ganz da und wird verglichen …
rosters-not-sent = Die Liste ließ sich nicht senden: Die Verbindung brach ab, oder die Datei ist zu groß. Geändert wurde nichts.
rosters-imported = Die Liste ist in Kraft
rosters-preview = Vorschau: Es wurde nichts geändert
rosters-refused = Die Liste wurde abgelehnt; es wurde nichts geändert
rosters-faulty-rows = Es gibt fehlerhafte Zeilen.
rosters-empty = Keine Zeile lässt sich einspielen.
rosters-shrinks = { $percent } Prozent der Personen auf der Liste fielen weg. Das sieht nach einem halben Export aus.
rosters-rows-read = Zeilen
rosters-students = Personen
rosters-added = Neu
rosters-changed = Geändert
rosters-unchanged = Gleich
rosters-removed = Weggefallen
rosters-duplicates = Doppelt
rosters-faults = Fehler
rosters-line = Zeile { $line }
rosters-no-semester = Das ist kein Semester dieser Hochschule
rosters-no-file = Wählen Sie eine Datei
rosters-unreadable = Die Datei ist nicht als Liste zu lesen
rosters-overtaken = Inzwischen wurde eine andere Liste dieses Semesters eingespielt; es wurde nichts geändert
rosters-busy = Es werden gerade andere Listen eingespielt. Versuchen Sie es in einer Minute noch einmal.
rosters-nothing-before = Davor gibt es keine Liste

## Netze

people-networks = Netze, aus denen Zugriff erlaubt ist
networks-title = Erlaubte Netze
networks-of-tenant = Wer hier arbeitet, kommt nur aus diesen Netzen hinein. Ist die Liste leer: aus jedem.
networks-of-account = Dieses Konto kommt nur aus diesen Netzen hinein, und nur, wenn die Liste des Mandanten sie auch zulässt. Ist die Liste leer: aus jedem, das der Mandant zulässt.
networks-here = Sie sind gerade unter { $address } hier.
networks-keep-here = Eine Liste ohne diese Adresse wird nicht angenommen: Sie kämen nicht mehr hinein.
networks-label = Netze
networks-hint = Je Zeile ein Netz oder eine Adresse, zum Beispiel 192.0.2.0/24 oder 2001:db8::/32. Hat Ihr Haus IPv4 und IPv6, dann beides.
networks-save = Speichern
networks-not-changed = Es wurde nichts geändert
networks-fault-malformed = „{ $given }“ ist kein Netz wie 192.0.2.0/24 oder 2001:db8::/32.
networks-fault-bits = „{ $given }“ ist eine Adresse in einem Netz. Das Netz heißt { $meant }.
networks-fault-everything = „{ $given }“ ist jede Adresse. Lassen Sie die Liste dafür leer.
networks-fault-too-many = Es sind mehr als 100 Netze.
networks-fault-locks-out = Ihre eigene Adresse { $address } ist nicht auf der Liste. Sie kämen nicht mehr hinein.
networks-accounts = Einzelne Konten
networks-accounts-text = Ein Konto kann eine engere Liste haben.
networks-has-own = hat eine eigene Liste
networks-back = Zur Liste des Mandanten
staff-problem-elsewhere-title = Von hier aus geht es nicht
staff-problem-elsewhere-next = Ihr Konto ist nur aus bestimmten Netzen zu benutzen, und dieses gehört nicht dazu. Melden Sie sich von dort an, oder fragen Sie Ihre Leitung und nennen Sie die Vorgangsnummer.
staff-problem-blocked-region-title = Aus diesem Netz ist kein Zugriff möglich
staff-problem-blocked-region-next = Der Betreiber nimmt aus der Gegend, in der diese Internetadresse liegt, keine Anmeldungen an. Mit einem VPN Ihres Hauses geht es; sonst fragen Sie den Betreiber und nennen Sie die Vorgangsnummer.

## Am Schalter

nav-counter = Prüfung am Schalter
nav-counters = Schalter
counter-choose = Wo studiert die Person, und wofür?
counter-nothing = Es gibt nichts, was Ihre Schalter prüfen dürfen.
counter-nothing-next = Das gibt der Betreiber von Pedell frei: für das Ticket eines Ticketsystems, an einer Hochschule.
counter-another = Andere Hochschule oder anderes Ticket
counter-days = { $first } bis { $last }
counter-typed = Tippen Sie, was die Person sagt und auf dem Studierendenausweis steht. Die Namen, die Sie danach sehen, sind die der Hochschule, nicht die getippten.
counter-check = Prüfen
counter-eligible-next = Vergleichen Sie den Namen mit dem Personalausweis, bevor Sie etwas verkaufen.
counter-product = Ticket
counter-compared = Verglichen mit
counter-list = der Liste der Hochschule
counter-service = dem Webservice der Hochschule
counter-list-of = Stand { $at }
counter-next = Die nächste Person prüfen
counter-print = Drucken Sie diese Seite, oder schreiben Sie der Person die Vorgangsnummer auf.
verifications-counter = am Schalter: { $who }
counters-lead = Welche Tickets die Schalter einer Vorverkaufsstelle prüfen dürfen, und an welchen Hochschulen.
counters-none = Noch ist nichts freigegeben.
counters-idle = Wirkt zurzeit nicht: Das Ticketsystem ist gesperrt, hat dieses Ticket nicht mehr oder darf nach dieser Hochschule nicht fragen.
counters-end = Wegnehmen
counters-new = Etwas freigeben
counters-first = Dazu braucht es eine Vorverkaufsstelle, ein Ticketsystem mit einem Ticket und eine Hochschule.
counters-grant = Freigeben
counters-unfit = Dieses Ticketsystem darf nach Studierenden dieser Hochschule nicht fragen, oder eins der drei gibt es nicht mehr

## Ticketsysteme und Maschinen

nav-issuers = Ticketsysteme
nav-machines = Maschinen
issuers-all = Shops, die fragen dürfen, ob jemand berechtigt ist.
issuers-asks = Wer nach Studierenden der { $university } fragen darf, und was sie erfahren. Das entscheidet der Betreiber.
issuers-new = Ticketsystem anmelden
issuers-none = Es gibt keins.
issuers-counters = Die Schalter dieser Vorverkaufsstellen dürfen Ihre Studierenden prüfen.
issuer-id-hint = 1 bis 64 Zeichen aus A-Z a-z 0-9 - . _ Später nicht mehr zu ändern.
issuer-name-hint = Studierende lesen ihn.
issuer-authentication = Wie es sich ausweist
issuer-by-certificate = mit seinem Zertifikat, wie mit „pedell client“ eingestellt
issuer-jwks = Öffentliche Schlüssel (JWKS)
issuer-jwks-hint = Nur für private_key_jwt.
issuer-redirect-uris = Wohin Studierende zurückkehren (redirect URIs)
issuer-universities = Hochschulen
issuer-universities-hint = Kurznamen, einer je Zeile. Leer: alle.
issuer-universities-all = alle
issuer-claims = Was es erfahren darf
issuer-claims-none = keinen Namen, nur dass jemand eingeschrieben ist
issuer-claim-given-name = Vornamen
issuer-claim-family-name = Nachname
issuer-claim-birthdate = Geburtsdatum
issuer-claim-picture = Foto
issuer-products = Tickets
issuer-products-hint = Mit ihren Regeln, als JSON. Eine geänderte Regel bekommt von selbst die nächste Version.
issuer-direct = Eigenes Formular
issuer-direct-yes = Darf Getipptes selbst schicken
issuer-direct-no = Studierende kommen immer hierher
issuer-fault-id = Eine client_id hat 1 bis 64 Zeichen aus A-Z a-z 0-9 - . _
issuer-fault-id-taken = Diese client_id ist vergeben
issuer-fault-name = Ein Name hat 1 bis 120 Zeichen
issuer-fault-keys = Diese Schlüssel sind nicht zu gebrauchen
issuer-fault-redirect-uris = Zu einer dieser Adressen kann niemand zurückkehren
issuer-fault-universities = Eine dieser Hochschulen gibt es hier nicht
issuer-fault-products = Die Tickets sind nicht zu lesen, oder es gibt keins
client-active = zugelassen
client-blocked = gesperrt
client-secret = Das Geheimnis
client-secret-text = Es wird nur jetzt gezeigt. Geben Sie es auf sicherem Weg weiter.
client-saved = Gespeichert
client-new-secret = Neues Geheimnis
client-networks = Netze
client-networks-hint = Adressen, von denen es kommen darf, eine je Zeile, etwa 192.0.2.0/24. Leer: von überall.
client-lines = Eine je Zeile.
client-fault-networks = Eins dieser Netze ist nicht zu lesen
client-fault-other = Diese Einstellungen passen nicht zusammen
machines-lead = Eine Maschine darf die Listen dieser Hochschule schicken und sonst nichts.
machines-none = Noch gibt es keine Maschine.
machines-new = Eine neue Maschine
machines-add = Anmelden
machines-anywhere = von überall
machines-certificate = Zertifikat
machines-certificate-hint = Als PEM. Die Maschine muss es dann zeigen, zusätzlich zum Geheimnis. Leer: keins.
machines-no-certificate = keins
machines-registered = hinterlegt
machines-issued = ausgestellt für { $name }
machines-drop-certificate = Kein Zertifikat mehr
machines-drop-secret = Geheimnis widerrufen
machine-fault-name = Ein Name hat 1 bis 120 Zeichen
machine-fault-certificate = Dieses Zertifikat ist nicht zu lesen
# Zertifikate
nav-certificates = Zertifikate
certificates-policy-off = Zertifikate spielen keine Rolle
certificates-policy-optional = Wer mit einem gültigen Zertifikat beginnt, arbeitet nur mit diesem weiter
certificates-policy-required = Ohne gültiges Zertifikat kommt niemand hinein
certificates-authority = Ausgestellt von { $name }, dessen eigenes Zertifikat gilt bis { $until }
certificates-authority-ends = Die Zertifizierungsstelle läuft bald ab
certificates-authority-ends-text = Was danach ausgestellt würde, gälte nicht. Der Betreiber erneuert sie mit „pedell ca renew“.
certificates-no-authority = Der Betreiber hat noch keine Zertifizierungsstelle eingerichtet.
certificates-issued = Das Zertifikat ist ausgestellt
certificates-issued-pem = Es wird nicht aufbewahrt. Geben Sie es der Person zurück, von der die Anforderung kam.
certificates-issued-file = Datei und Passwort werden nicht aufbewahrt und nur jetzt gezeigt. Geben Sie beides auf verschiedenen Wegen weiter.
certificates-pem = Zertifikat (PEM)
certificates-file-password = Passwort der Datei
certificates-file-take = Datei herunterladen
certificates-issue = Zertifikat ausstellen
certificates-person = Für wen
certificates-machine = Gerät
certificates-machine-hint = Wie Sie es nennen, zum Beispiel „Notebook 7“. Für jedes Gerät ein eigenes Zertifikat.
certificates-request = Anforderung (CSR)
certificates-request-hint = PKCS#10 als PEM, auf dem Gerät selbst gemacht. Leer: Schlüssel und Zertifikat entstehen hier als Datei (PKCS#12).
certificates-issue-button = Ausstellen
certificates-list = Ausgestellte Zertifikate
certificates-none = Es gibt noch keine.
certificates-until = bis { $until }
certificate-good = Gültig
certificate-ends-soon = Gültig, läuft bald ab
certificate-over = Abgelaufen
certificate-revoked = Widerrufen
certificate-revoked-key = Widerrufen, der Schlüssel war in Gefahr
certificate-revoked-left = Widerrufen, die Person ist nicht mehr zuständig
certificate-revoked-superseded = Widerrufen, durch ein neues ersetzt
certificates-reason = Grund
certificates-reason-unspecified = Ohne Angabe
certificates-reason-key = Gerät verloren oder Schlüssel in Gefahr
certificates-reason-left = Nicht mehr zuständig
certificates-reason-superseded = Durch ein neues ersetzt
certificates-revoke = Widerrufen
certificates-rules = Regel
certificates-policy = Zertifikate des Personals
certificates-policy-hint = Verlangen können Sie sie erst, wenn Sie selbst mit einem gültigen angemeldet sind.
certificates-rules-save = Regel speichern
certificates-companies = Eigene Zertifizierungsstellen
certificates-companies-hint = Zum Beispiel die eines Active Directory: Wer dort angemeldet ist, hat sein Zertifikat schon. Unsere gelten daneben weiter.
certificates-company-name = Bezeichnung
certificates-company-pem = Ausstellende Zertifikate (PEM)
certificates-field = Wo im Zertifikat der Name der Person steht
certificates-field-upn = Benutzerprinzipalname (UPN)
certificates-field-mail = Mailadresse
certificates-field-common-name = Allgemeiner Name (CN)
certificates-crl = Adresse der Sperrliste
certificates-crl-hint = Beginnt mit http:// oder https://. Leer: Es gibt keine, und Widerrufe dort werden hier nicht bemerkt.
certificates-stale = Stunden, die eine abgelaufene Sperrliste noch zählt
certificates-stale-hint = 0: Ist keine neue zu bekommen, kommt mit diesen Zertifikaten niemand hinein.
certificates-crl-fetched = Sperrliste geholt { $at }
certificates-crl-never = Sperrliste noch nie geholt
certificates-crl-stale = zählt nach ihrem Ende noch { $hours } Stunden
certificates-trust = Vertrauen
certificates-distrust = Nicht mehr vertrauen
certificates-names = Namen in deren Zertifikaten
certificates-external-name = Name im Zertifikat
certificates-external-name-hint = Genau wie dort, Groß- und Kleinschreibung ist gleich. Leer: Die Person hat dort keinen.
certificates-name-save = Namen speichern
home-certificate-ends = Ihr Zertifikat läuft ab: { $until }
home-certificates-end = { $number ->
    [one] Ein Zertifikat läuft bald ab
   *[other] { $number } Zertifikate laufen bald ab
}
staff-problem-no-authority-title = Zurzeit kann niemand Zertifikate ausstellen
staff-problem-no-authority-next = Der Betreiber hat keine Zertifizierungsstelle eingerichtet, oder sie ist abgelaufen.
staff-problem-certificate-request-title = Diese Anforderung geht nicht
staff-problem-certificate-request-next = Gebraucht wird eine Anforderung (PKCS#10, PEM), unterschrieben mit ihrem eigenen Schlüssel: ECDSA auf P-256 oder P-384, Ed25519, oder RSA ab 2048 Bit, mit SHA-256.
staff-problem-lock-out-title = Sie kämen selbst nicht mehr hinein
staff-problem-lock-out-next = Melden Sie sich zuerst mit einem gültigen Zertifikat an, das nach der neuen Regel zählt; dann ändern Sie sie.
staff-problem-company-title = Dieser Zertifizierungsstelle kann so nicht vertraut werden
staff-problem-company-next = Gebraucht werden eine Bezeichnung, ausstellende Zertifikate als PEM (CA:TRUE), und eine Adresse der Sperrliste mit http:// oder https://, falls es eine gibt.
staff-problem-external-name-title = Dieser Name geht nicht
staff-problem-external-name-next = Er ist zu lang, oder schon der einer anderen Person.
staff-problem-certificate-missing-title = Ihr Zertifikat fehlt
staff-problem-certificate-missing-next = Hier kommt man nur mit einem Zertifikat hinein. Ist es installiert, schließen Sie den Browser ganz, öffnen Sie ihn neu und wählen Sie es aus. Haben Sie keines, bitten Sie Ihre Leitung darum.
staff-problem-certificate-another-title = Diese Sitzung begann mit einem anderen Zertifikat
staff-problem-certificate-another-next = Melden Sie sich neu an, mit dem Zertifikat dieses Geräts.
staff-problem-certificate-not-theirs-title = Dieses Zertifikat ist nicht Ihres
staff-problem-certificate-not-theirs-next = Es ist für jemand anderen ausgestellt. Schließen Sie den Browser ganz, öffnen Sie ihn neu und wählen Sie Ihr eigenes.
staff-problem-certificate-revoked-title = Ihr Zertifikat ist widerrufen
staff-problem-certificate-revoked-next = Bitten Sie Ihre Leitung um ein neues.
staff-problem-certificate-expired-title = Ihr Zertifikat gilt heute nicht
staff-problem-certificate-expired-next = Es ist abgelaufen oder gilt noch nicht. Prüfen Sie das Datum des Geräts, und bitten Sie Ihre Leitung um ein neues.
staff-problem-certificate-foreign-title = Dieses Zertifikat kennen wir nicht
staff-problem-certificate-foreign-next = Es ist von einer Stelle, der hier nicht vertraut wird. Schließen Sie den Browser ganz, öffnen Sie ihn neu und wählen Sie ein anderes.
staff-problem-certificate-crl-unknown-title = Ihr Zertifikat ist zurzeit nicht zu prüfen
staff-problem-certificate-crl-unknown-next = Die Sperrliste Ihres Hauses ist nicht zu bekommen. Versuchen Sie es später noch einmal, und sagen Sie es Ihrer IT.

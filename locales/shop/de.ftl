# Der Vorführ-Shop.

skip = Zum Inhalt
languages = Sprache
tagline = Vorführ-Shop: Hier wird nichts verkauft.

window-title = Deutschland{"\u00AD"}semester{"\u00AD"}ticket
window-lead = Bus und Bahn in ganz Deutschland, ein Semester lang. Für alle, die eingeschrieben sind.
window-name = Ihr Name
window-name-hint = Schreiben Sie ihn ruhig falsch: Auf dem Ticket steht, was die Hochschule sagt.
window-buy = Einschreibung nachweisen und kaufen
window-how = Der Nachweis läuft über Pedell: Ihre Hochschule antwortet, und Sie kommen hierher zurück.
window-students = Erfundene Studierende zum Ausprobieren
window-number = Matrikelnummer
window-born = Geburtsdatum
window-university = Hochschule
window-proof = Nachweis
window-login = Anmeldung bei der Hochschule
window-outcome = Ergebnis
window-outcome-ticket = Ticket

ticket-title = Ihr Ticket
ticket-valid = gültig
ticket-of = Hochschule
ticket-born = Geburtsdatum
ticket-semester = Semester
ticket-from = Erster Tag
ticket-until = Letzter Tag
ticket-method = Nachgewiesen durch
ticket-overwritten = Getippt wurde „{ $typed }“. Auf dem Ticket steht der Name, den die Hochschule führt.
ticket-repeat = Wiederholung: Für dieses Semester wurde schon am { $first } ein Nachweis ausgestellt.
ticket-proof = Unterschrift geprüft
ticket-proof-text = Der Shop hat die Antwort selbst geprüft, nur mit den öffentlichen Schlüsseln.
ticket-raw = Das Token, wie es ankam
ticket-again = Noch ein Ticket

no-ticket-title = Kein Ticket
no-ticket-lead = Die Berechtigung wurde nicht bestätigt.
no-ticket-error = Fehler
no-ticket-reason = Grund
no-ticket-description = Beschreibung
no-ticket-reference = Vorgangsnummer
no-ticket-why = Warum? Bei Pedell nachsehen
no-ticket-back = Zurück zum Ticket
semester-winter = Wintersemester { $years }
semester-summer = Sommersemester { $year }

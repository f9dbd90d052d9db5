# Die Anmeldung der Vorführ-Hochschule.

skip = Zum Inhalt
languages = Sprache
tagline = Vorführ-Hochschule: Sie gibt es nicht, und niemanden, der hier steht.

login-title = Anmelden
login-lead = Pedell bittet um eine Anmeldung. An einer echten Hochschule stünden hier Benutzername und Passwort; hier reicht es zu sagen, wer Sie sind.
login-who = Wer sind Sie?

account-amelie = ist eingeschrieben und bekommt ein Ticket
account-bruno = war im vorigen Semester eingeschrieben und hat sich nicht zurückgemeldet
account-carla = arbeitet an der Hochschule und studiert nicht
account-deniz = ist eingeschrieben, aber die Hochschule gibt kein Geburtsdatum weiter
account-emeka = soll an einer anderen Hochschule studieren, für die diese nicht sprechen darf
account-frida = ist gesperrt: Die Anmeldung schlägt fehl

onward-title = Einen Moment
onward-lead = Ihre Angaben gehen verschlüsselt an Pedell.
onward-button = Weiter

trouble-title = Diese Anfrage wird nicht beantwortet
trouble-lead = Sie ist nicht so, wie Pedell sie stellt. Beginnen Sie bitte im Shop noch einmal.

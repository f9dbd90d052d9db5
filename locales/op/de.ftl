# Die Anmeldung der zweiten Vorführ-Hochschule, die OpenID Connect spricht.

skip = Zum Inhalt
languages = Sprache
tagline = Vorführ-Hochschule: Sie gibt es nicht, und niemanden, der hier steht.

login-title = Anmelden
login-lead = Pedell bittet um eine Anmeldung mit OpenID Connect. An einer echten Hochschule stünden hier Benutzername und Passwort; hier reicht es zu sagen, wer Sie sind.
login-who = Wer sind Sie?

account-greta = ist eingeschrieben und bekommt ein Ticket
account-hakan = war im vorigen Semester eingeschrieben und hat sich nicht zurückgemeldet
account-ingrid = hat ihr Studium abgeschlossen
account-joao = ist eingeschrieben, aber die Hochschule gibt kein Geburtsdatum weiter
account-klara = möchte sich doch nicht anmelden

trouble-title = Diese Anfrage wird nicht beantwortet
trouble-lead = Sie ist nicht so, wie Pedell sie stellt. Beginnen Sie bitte im Shop noch einmal.

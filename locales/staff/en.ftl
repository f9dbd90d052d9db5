# The sentences of the people who work here.

## Around every page

nav-label = Console
nav-overview = Overview
nav-tenants = Tenants
nav-connection = Connection
nav-rosters = Lists
nav-verifications = Verifications
nav-statistics = Statistics
nav-people = Staff
nav-audit = Audit trail
nav-account = My account
nav-logout = Log out

rank-clerk = Clerk
rank-senior_clerk = Senior clerk
rank-outlet_manager = Outlet manager
rank-agency_manager = Agency manager
rank-organizer_staff = University staff
rank-organizer_manager = University manager
rank-operator = Operator

field-login = Login name
field-login-hint = 8 to 64 characters, for example an e-mail address. It can’t be changed later.
field-password = Password
field-present-password = Present password
field-new-password = New password
field-password-again = The same again
field-code = Code
field-code-hint = The six digits of your authenticator app, or one of your recovery codes.
field-first-code = The six digits that the app shows now
field-name = Name
field-rank = Rank
field-outlet = Outlet
field-outlet-none = None
field-last-day = Last day
field-last-day-hint = After it the account is blocked by itself. Empty: no end.

staff-wait-title = Too many attempts
staff-wait =
    { $seconds ->
        [one] You can try again in one second.
       *[other] You can try again in { $seconds } seconds.
    }

## Logging in

login-title = Log in
login-refused = Name or password is not right
login-refused-text = Check both. If the account is new, open the invitation first. If it does not work at all, ask your manager.
login-again = Please once more
login-again-text = The page was open for too long, or your browser does not accept cookies.
login-over = You are logged out.
login-button = Log in
login-hint = For staff only. Students log in from their shop.
code-title = Second factor
code-lead = Prove that it is you.
code-wrong = This code is not right, or was used already
code-wrong-text = Every code counts once. Wait for the next one, and check the clock of your phone.
code-button = Go on
code-instead = Or with a code
passkey-button = Use a passkey
passkey-wrong = This passkey was not accepted
passkey-wrong-text = It may have been removed, or the page was open for too long. Try again, or use another way.
passkey-failed = The browser did not answer
passkey-failed-text = Nothing was changed. Try again; if the passkey is on another device, have it at hand.
passkey-script = Passkeys take JavaScript, which is off in this browser.
field-recovery-hint = One of your recovery codes, if your passkey is not at hand.
step-up-title = Once more, please
step-up-lead = What comes next takes a fresh proof. It counts for five minutes.

## Password

password-title = Choose a password
password-due = Your password was chosen by somebody else. Choose one that only you know.
invitation-lead = Welcome, { $name }. This sets up your account at { $tenant }.
password-hint = At least { $least } characters. A whole sentence is good, with spaces.
password-button = Set password
password-too-short = At least { $least } characters, please
password-too-long = At most 128 characters, please
password-personal = Not your name, and not your organisation’s
password-weak = This is guessed too soon. Take more words, or a whole sentence.
password-composition = Your organisation asks for small and capital letters, a digit and another character
password-differ = The two are not the same
password-managers = Your manager knows this one. Choose another.
password-wrong-present = The present password is another

## Second factor

enrol-title = Set up the second factor
enrol-due = Your account needs a second proof beside the password: an app on your phone that shows codes.
enrol-again = A new app takes the place of the old one. Your other sessions end.
enrol-scan = 1. Scan the picture
enrol-scan-text = Open an authenticator app on your phone and scan this. No camera? Type the key.
enrol-qr = QR code for the authenticator app
enrol-secret = Key
enrol-account = Account
enrol-confirm = 2. Type the code
enrol-button = Set up
recovery-title = Keep these codes
recovery-lead = If your phone is gone, each of them logs you in once instead of the app.
recovery-text = They are shown only now. Print them, or keep them where you keep your passwords.
recovery-on = I have kept them
enrol-passkey-instead = Use a passkey instead
passkey-title = Make a passkey
passkey-due = Your account needs a passkey: a key on your phone, computer or security key that no false page can ask for.
passkey-lead = A passkey takes the place of the code: your phone, computer or security key proves that it is you.
passkey-text = Your device asks for its PIN, your finger or your face; that stays on the device. Your other sessions end.
passkey-name = What it is called
passkey-name-hint = So that you find it again, for instance: Phone
passkey-make = Make passkey
passkey-refused = The passkey was not accepted
passkey-refused-text = Perhaps it is on the account already, or the page was open for too long. Try again.
passkey-app-instead = Use an authenticator app instead

## Overview

staff-home-title = Hello, { $name }
staff-home-others =
    { $count ->
        [one] Your account is in use elsewhere too
       *[other] Your account is in use in { $count } other places too
    }
staff-home-others-text = If that is not you, end those sessions and change your password. Everybody has a login of their own; don’t share yours.
staff-home-sessions = Look at my sessions
staff-home-attention = Needs attention
staff-home-nothing = Nothing at the moment.
staff-home-no-roster = There is no list of the current semester, { $semester }. Students are told that their university can’t be reached.
staff-home-next-roster = There is no list of the coming semester { $semester } yet, which begins on { $begins }
staff-home-old-roster = The list of { $semester } is of { $at }. Is it still current?
staff-home-source = The web service of { $university } fails and is left alone for a moment
staff-home-trail = The audit trail does not fit its newest checkpoint.
staff-home-trail-overdue = Entries of the audit trail wait for a checkpoint for too long
staff-home-key = The same key signs tokens since { $since }: rotate it with “pedell keys rotate”
staff-home-invitations =
    { $count ->
        [one] One person’s invitation or first password lapses within a day, or has lapsed
       *[other] The invitations or first passwords of { $count } people lapse within a day, or have lapsed
    }
staff-home-promotion = Version { $version } of the connection waits for a second person
staff-home-elevation = The operator has this tenant’s view, until { $until }
staff-home-recovery =
    { $left ->
        [one] One recovery code is left
       *[other] { $left } recovery codes are left
    }
staff-home-ends = This session ends at { $at }, whatever happens.

## Account

account-change-password = Change
account-factor = Authenticator app
account-factor-there = set up
account-factor-change = Change
account-factor-set = Set up
account-codes-left =
    { $left ->
        [one] One recovery code is left.
       *[other] { $left } recovery codes are left.
    }
account-codes-new = New recovery codes
account-passkeys = Passkeys
account-passkeys-text = Better than codes: they work on this site only. Have two, so that you can lose one.
account-passkey-synced = may be on several devices
account-passkey-made = since { $at }
account-passkey-remove = Remove
account-passkey-add = Add a passkey
account-app-remove = Remove the authenticator app
account-sessions = Sessions
account-sessions-text = Where your account is in use. Do you not know one of them? End it and change your password.
account-this = this one
account-began = since { $at }
account-seen = last used { $at }
account-end = End
account-end-others = End all others

## Staff

people-invite = Invite somebody
people-invited-until = until { $until }
people-outlets = Outlets
people-new-outlet = New outlet
people-add-outlet = Add
people-rules = Rules for everybody
people-rule-factor = Everybody needs a second factor
people-rule-composition = Passwords need small and capital letters, a digit and another character
people-rule-passkey = Who needs a passkey
people-rule-passkey-hint = Codes no longer let them in. Whoever has none makes one at the next login.
passkey-of-nobody = nobody
passkey-of-managers = managers
passkey-of-everybody = everybody
people-rules-save = Save rules
person-active = active
person-no-factor = active, without second factor
person-invited = invited
person-invitation-over = invitation is over
person-blocked = blocked
person-over = last day is past
person-link = Invitation
person-link-text = Hand this link over to the person themselves. It is shown only now, and works once.
person-mail-sent = It was sent to { $login }.
person-mail-failed = It could not be sent by mail.
person-link-until = Works until { $until }
person-rights = Rights
person-rights-hint = At most what the rank can have, and what you have yourself.
person-save = Save
person-invite = Make account
person-way = How do they come in?
person-way-link = By a link, and choose a password themselves
person-way-password = With a first password of mine
person-first = First password
person-first-hint = Only for the second choice. Whole sentences are good; they have to choose another one at once.
person-first-made = The account is there
person-first-made-text = Hand over the login name and the first password. It opens nothing but the page where they choose their own.
person-first-until = Still has your first password. It works until { $until }.
person-account = Account
person-block = Block
person-unblock = Unblock
person-invite-again = New invitation
person-revoke = Take invitation back
person-reset-factor = Reset second factor
person-end-sessions = End sessions
person-fault-name = A name has 1 to 120 characters
person-fault-login = A login name has 8 to 64 characters: letters, digits and . _ @ + -
person-fault-login-taken = This login name is taken
person-fault-rank = This rank is not yours to give here
person-fault-outlet = This rank needs an outlet, or must not have one
person-fault-rights = These are more rights than you have, or than the rank can have
person-fault-last-day = The last day is past, or is no date
module-connections = Connections
module-rosters = Lists
module-verifications = Verifications
module-statistics = Statistics
module-staff = Staff
module-certificates = Certificates
module-issuers = Ticket issuers
module-audit = Audit trail
module-privacy = Privacy
right-none = nothing
right-read = look
right-edit = look and change

## Tenants

tenant-university = University
tenant-agency = Agency
tenant-operator = Operator
tenant-invite = Invite a manager
tenant-viewed = You have this tenant’s view until { $until }. Its managers see that.
tenant-view = Take the view
tenant-view-text = You then see this tenant’s data. Its managers see since when, until when and why.
tenant-reason = Reason
tenant-hours = Hours (1 to 8)
tenant-view-take = Take the view
tenant-view-end = Give the view back
tenant-new = New tenant
tenant-kind = Kind
tenant-slug = Short name
tenant-slug-hint = 2 to 40 of a-z, 0-9 and -. It can’t be changed later.
tenant-name-de = Name in German
tenant-name-en = Name in English
tenant-add = Add
tenant-fault-slug = A short name has 2 to 40 of a-z, 0-9 and -
tenant-fault-slug-taken = This short name is taken
tenant-fault-name = A name has 1 to 120 characters
tenant-fault-reason = Say why, in at most 200 characters

## Connection

connection-test = Being tried
connection-live = What students use
connection-unset = Nothing is set. Students type what the imported list knows.
connection-version = Version { $version }
connection-try = Try it
connection-trial = Link to try it
connection-trial-text = It works for an hour. It shows what the university’s login sends and what would be decided.
connection-promote = Ask that students use it
connection-asked = Version { $version } is to become what students use
connection-own = A second person has to approve.
connection-approve = Approve
connection-reject = Reject
connection-how = What students use changes only when a second person approves what was tried.
connection-edit = Change what is being tried
edit-title = Change the test connection
edit-text = Students notice nothing of it: what is saved here is tried first, and becomes what they use when a second person approves.
edit-begin = Begin with another kind
edit-document = Settings
edit-document-hint = One line for each, as in the documentation of connections (TOML). A line that begins with # counts for nothing.
edit-secrets = Secrets
edit-secrets-hint = Never in the settings. An empty field leaves the secret as it is; what you type is sealed and not shown again.
edit-secret-set = is set
edit-secret-unset = is not set
edit-forget = Forget all secrets that there are, except those typed now
edit-save = Save
edit-back = Back to the connection
edit-line = Line { $line }:
edit-faulty = Nothing is saved: the settings can’t be read
edit-faulty-next = This is wrong with them:
edit-overtaken = Nothing is saved: somebody has changed them meanwhile
edit-overtaken-next = Compare with what is being tried now. Saving again replaces it.
edit-other-addressee = Nothing is saved: the secrets were given for another address
edit-other-addressee-next = Type them anew, and forget those that there are.
edit-secret = Nothing is saved: a secret does not fit
edit-secret-next = These settings take no such secret, or it is too long. Forget those that there are.
edit-saved = Saved. This keeps it from working
edit-saved-next = It can be tried. A fault keeps it from becoming what students use; a warning does not.

## Dead ends

staff-problem-home = To the overview
staff-problem-not-found-title = There is nothing here
staff-problem-not-found-next = Perhaps the address is incomplete, or it is not yours to see.
staff-problem-invitation-over-title = This invitation does not work any more
staff-problem-invitation-over-next = It was used, taken back or is too old. Ask your manager for a new one.
staff-problem-form-over-title = This page has expired
staff-problem-form-over-next = Nothing was changed. Go back, reload the page and try again.
staff-problem-bad-request-title = This can’t be read
staff-problem-bad-request-next = Nothing was changed. Go back and try again.
staff-problem-internal-title = Something went wrong here
staff-problem-internal-next = It is our fault. Try again, and tell the operator the reference number.
staff-problem-last-manager-title = The last manager stays
staff-problem-last-manager-next = Nobody could manage this tenant any more. Invite another manager first, without a last day.
staff-problem-last-factor-title = The last factor stays
staff-problem-last-factor-next = You could not log in any more. Add another passkey or an authenticator app first.
staff-problem-no-passkey-title = First make one yourself
staff-problem-no-passkey-next = This rule would lock you out: make a passkey on your account's page first. Passkeys need an address with a name.
staff-problem-same-person-title = A second person has to decide
staff-problem-same-person-next = Who asked can’t approve.
staff-problem-nothing-asked-title = There is nothing to decide
staff-problem-nothing-asked-next = Somebody has decided already, or the question was taken back.
staff-problem-overtaken-title = The test connection was changed meanwhile
staff-problem-overtaken-next = Try it again and ask anew.
staff-problem-faulty-title = The test connection does not pass its checks
staff-problem-faulty-next = The page of the connection says what is in the way.
staff-problem-no-test-connection-title = There is no test connection
staff-problem-no-test-connection-next = Set one first.

## Looking things up

search-filters = Filter
search-all = all
search-from = From
search-to = To (inclusive)
search-button = Search
search-older = Older ones
search-nothing = Nothing found.
verifications-why = Why?
verifications-outcome = Outcome
verifications-eligible = Eligible
verifications-refused = Refused
verifications-unknown = Check each character. Is it another university’s?
statistics-show = Show
statistics-unreadable = Please choose at most a year
statistics-chart = Verifications per day; the highest bar is { $most }
statistics-issued = Tokens issued
statistics-repeats = of which repeats
statistics-redeemed = of which redeemed
statistics-cancelled = of which cancelled
statistics-semester = Semester
statistics-csv = All of it as CSV
statistics-outlet = { $eligible } eligible, { $refused } not
statistics-no-outlet = no outlet
audit-trail = Trail
audit-records = Lists, verifications, tokens
audit-house = Staff, connection, settings
audit-kind = What (beginning)
audit-actor = Who (part)
audit-object = Object
audit-export = Take it out
audit-export-text = What fits the search, oldest first. It takes a fresh code, and is recorded itself.
audit-checkpoints = Signed checkpoints
audit-checkpoints-text = As the trail grows, its head is signed every hour with a key that stands in no database. A copy that you keep elsewhere proves later that nothing was rewritten.
audit-checkpoints-since =
    { $count ->
        [0] Every entry is signed.
        [one] One entry waits for the next one.
       *[other] { $count } entries wait for the next one.
    }
audit-checkpoint = Checkpoint { $number }
audit-checkpoint-entry = entry { $seq }
audit-checkpoint-broken = The newest checkpoint does not fit the trail
audit-checkpoint-overdue = Entries wait for a checkpoint for too long
audit-checkpoint-what = Tell the operator at once: “pedell audit verify” says what is wrong.
audit-csv = CSV
audit-json = JSON

## Lists

rosters-none = There is no list yet.
rosters-current = in force
rosters-previous = the one before
rosters-count =
    { $rows ->
        [one] one student
       *[other] { $rows } students
    }
rosters-roll-back = Bring the one before back
rosters-new = A new list
rosters-new-text = It takes the place of the whole list of its semester. Look first: a preview changes nothing.
rosters-what = What shall happen
rosters-do-preview = Preview: only look
rosters-do-import = Import: students are checked against it
rosters-skip-faulty = Leave faulty rows out
rosters-allow-shrink = Import although most students would go
rosters-file = File (CSV)
rosters-send = Send
rosters-sending = The list is being sent and read …
rosters-reading = All of it is here. It is being compared …
rosters-not-sent = The list could not be sent: the connection broke off, or the file is too large. Nothing was changed.
rosters-imported = The list is in force
rosters-preview = Preview: nothing was changed
rosters-refused = The list was refused; nothing was changed
rosters-faulty-rows = There are faulty rows.
rosters-empty = There is no row that could be imported.
rosters-shrinks = { $percent } per cent of the students on the list would go. That looks like half an export.
rosters-rows-read = Rows
rosters-students = Students
rosters-added = New
rosters-changed = Changed
rosters-unchanged = The same
rosters-removed = Gone
rosters-duplicates = Twice
rosters-faults = Faults
rosters-line = Line { $line }
rosters-no-semester = This is no semester of this university
rosters-no-file = Choose a file
rosters-unreadable = The file can’t be read as a list
rosters-overtaken = Another list of this semester was imported meanwhile; nothing was changed
rosters-busy = Other lists are being imported. Try again in a minute.
rosters-nothing-before = There is no list before

## Networks

people-networks = Networks that access is allowed from
networks-title = Allowed networks
networks-of-tenant = Whoever works here gets in from these networks only. If the list is empty: from every one.
networks-of-account = This account gets in from these networks only, and only if the tenant’s list allows them as well. If the list is empty: from every one that the tenant allows.
networks-here = You are here from { $address } now.
networks-keep-here = A list without this address is not taken: you would not get in any more.
networks-label = Networks
networks-hint = One network or address a line, such as 192.0.2.0/24 or 2001:db8::/32. If your house has IPv4 and IPv6: both.
networks-save = Save
networks-not-changed = Nothing was changed
networks-fault-malformed = “{ $given }” is no network like 192.0.2.0/24 or 2001:db8::/32.
networks-fault-bits = “{ $given }” is an address in a network. The network is { $meant }.
networks-fault-everything = “{ $given }” is every address. Leave the list empty for that.
networks-fault-too-many = There are more than 100 networks.
networks-fault-locks-out = Your own address { $address } is not on the list. You would not get in any more.
networks-accounts = Single accounts
networks-accounts-text = An account can have a narrower list.
networks-has-own = has a list of its own
networks-back = To the tenant’s list
staff-problem-elsewhere-title = This does not work from here
staff-problem-elsewhere-next = Your account can be used from certain networks only, and this is none of them. Log in from there, or ask your manager and tell them the reference number.
staff-problem-blocked-region-title = There is no access from this network
staff-problem-blocked-region-next = The operator takes no logins from the region of this internet address. It works through your house’s VPN; otherwise ask the operator and tell them the reference number.

## At the counter

nav-counter = Check at the counter
nav-counters = Counters
counter-choose = Whose student is it, and what for?
counter-nothing = There is nothing that your counters may check.
counter-nothing-next = The operator of Pedell grants it: for an issuer’s ticket, at a university.
counter-another = Another university or ticket
counter-days = { $first } to { $last }
counter-typed = Type what the student tells you and the student card says. The names that you are shown then are the university’s, not what was typed.
counter-check = Check
counter-eligible-next = Compare the name with the student’s identity card before you sell anything.
counter-product = Ticket
counter-compared = Compared with
counter-list = the university’s list
counter-service = the university’s web service
counter-list-of = as of { $at }
counter-next = Check the next one
counter-print = Print this page, or write the reference number down for the student.
verifications-counter = at a counter: { $who }
counters-lead = Which tickets an agency’s counters may check, and at which universities.
counters-none = Nothing is granted yet.
counters-idle = Does not work at present: the issuer is blocked, has no such ticket any more, or may not ask about this university.
counters-end = Take it away
counters-new = Grant something
counters-first = This takes an agency, an issuer with a ticket, and a university.
counters-grant = Grant
counters-unfit = This issuer may not ask about students of this university, or one of the three is no more

## Ticket issuers and machines

nav-issuers = Ticket issuers
nav-machines = Machines
issuers-all = Shops that may ask whether a student is eligible.
issuers-asks = Who may ask about students of { $university }, and what they get. The operator decides that.
issuers-new = Register an issuer
issuers-none = There is none.
issuers-counters = These agencies’ counters may check your students.
issuer-id-hint = 1 to 64 of A-Z a-z 0-9 - . _ It can’t be changed later.
issuer-name-hint = Students read it.
issuer-authentication = How it proves itself
issuer-by-certificate = by its certificate, as set with “pedell client”
issuer-jwks = Public keys (JWKS)
issuer-jwks-hint = For private_key_jwt only.
issuer-redirect-uris = Where students go back to (redirect URIs)
issuer-universities = Universities
issuer-universities-hint = Short names, one a line. Empty: all of them.
issuer-universities-all = all
issuer-claims = What it may get
issuer-claims-none = no name, only that somebody is enrolled
issuer-claim-given-name = given names
issuer-claim-family-name = family name
issuer-claim-birthdate = date of birth
issuer-claim-picture = photo
issuer-products = Tickets
issuer-products-hint = With their rules, as JSON. A rule that is changed gets the next version by itself.
issuer-direct = Own form
issuer-direct-yes = May send typed data itself
issuer-direct-no = Students always come here
issuer-fault-id = A client_id has 1 to 64 of A-Z a-z 0-9 - . _
issuer-fault-id-taken = This client_id is taken
issuer-fault-name = A name has 1 to 120 characters
issuer-fault-keys = These keys can’t be used
issuer-fault-redirect-uris = One of these addresses can’t be gone back to
issuer-fault-universities = One of these universities is not here
issuer-fault-products = The tickets can’t be read, or there is none
client-active = let in
client-blocked = blocked
client-secret = The secret
client-secret-text = It is shown only now. Hand it over in a safe way.
client-saved = Saved
client-new-secret = New secret
client-networks = Networks
client-networks-hint = Addresses it may come from, one a line, such as 192.0.2.0/24. Empty: anywhere.
client-lines = One a line.
client-fault-networks = One of these networks can’t be read
client-fault-other = These settings do not go together
machines-lead = A machine may send this university’s lists, and nothing else.
machines-none = There is no machine yet.
machines-new = A new machine
machines-add = Register it
machines-anywhere = anywhere
machines-certificate = Certificate
machines-certificate-hint = In PEM. The machine then has to show it, beside its secret. Empty: none.
machines-no-certificate = none
machines-registered = registered
machines-issued = issued for { $name }
machines-drop-certificate = No certificate any more
machines-drop-secret = Revoke the secret
machine-fault-name = A name has 1 to 120 characters
machine-fault-certificate = This certificate can’t be read
# Certificates
nav-certificates = Certificates
certificates-policy-off = Certificates play no part
certificates-policy-optional = Whoever begins with a valid certificate goes on with that one only
certificates-policy-required = Nobody gets in without a valid certificate
certificates-authority = Issued by { $name }, whose own certificate is valid until { $until }
certificates-authority-ends = The authority ends soon
certificates-authority-ends-text = What would be issued after that would not count. The operator renews it with “pedell ca renew”.
certificates-no-authority = The operator has not set up an authority yet.
certificates-issued = The certificate is issued
certificates-issued-pem = It is not kept. Give it back to the person whose request it was.
certificates-issued-file = File and password are not kept, and shown only now. Pass them on by different ways.
certificates-pem = Certificate (PEM)
certificates-file-password = The file’s password
certificates-file-take = Download the file
certificates-issue = Issue a certificate
certificates-person = For whom
certificates-machine = Machine
certificates-machine-hint = As you call it, for example “Notebook 7”. Each machine has a certificate of its own.
certificates-request = Request (CSR)
certificates-request-hint = PKCS#10 in PEM, made on the machine itself. Empty: key and certificate are made here, as a file (PKCS#12).
certificates-issue-button = Issue
certificates-list = Certificates issued
certificates-none = There are none yet.
certificates-until = until { $until }
certificate-good = Valid
certificate-ends-soon = Valid, ends soon
certificate-over = Over
certificate-revoked = Revoked
certificate-revoked-key = Revoked, its key was in danger
certificate-revoked-left = Revoked, the person is not in charge any more
certificate-revoked-superseded = Revoked, replaced by a new one
certificates-reason = Reason
certificates-reason-unspecified = Not said
certificates-reason-key = Machine lost, or key in danger
certificates-reason-left = Not in charge any more
certificates-reason-superseded = Replaced by a new one
certificates-revoke = Revoke
certificates-rules = Rule
certificates-policy = Certificates of staff
certificates-policy-hint = You can ask for them only when you are logged in with a valid one yourself.
certificates-rules-save = Save the rule
certificates-companies = Authorities of your own
certificates-companies-hint = An Active Directory’s, for example: whoever is logged in there has a certificate already. Ours count beside them.
certificates-company-name = Name
certificates-company-pem = Certificates that issue (PEM)
certificates-field = Where in the certificate the person’s name stands
certificates-field-upn = User principal name (UPN)
certificates-field-mail = Mail address
certificates-field-common-name = Common name (CN)
certificates-crl = Address of the list of revoked certificates
certificates-crl-hint = Begins with http:// or https://. Empty: there is none, and what is revoked there is not noticed here.
certificates-stale = Hours for which a list that is over still counts
certificates-stale-hint = 0: if no new one can be had, nobody gets in with these certificates.
certificates-crl-fetched = List fetched { $at }
certificates-crl-never = List never fetched
certificates-crl-stale = counts for { $hours } hours after its end
certificates-trust = Trust
certificates-distrust = Trust no longer
certificates-names = Names in their certificates
certificates-external-name = Name in the certificate
certificates-external-name-hint = Just as there, in capitals or not. Empty: the person has none there.
certificates-name-save = Save the name
home-certificate-ends = Your certificate ends: { $until }
home-certificates-end = { $number ->
    [one] One certificate ends soon
   *[other] { $number } certificates end soon
}
staff-problem-no-authority-title = Nobody can issue certificates at the moment
staff-problem-no-authority-next = The operator has set up no authority, or it has ended.
staff-problem-certificate-request-title = This request does not do
staff-problem-certificate-request-next = What is needed is a request (PKCS#10, PEM) that is signed with its own key: ECDSA on P-256 or P-384, Ed25519, or RSA of 2048 bits or more, with SHA-256.
staff-problem-lock-out-title = You would shut yourself out
staff-problem-lock-out-next = Log in with a valid certificate first, one that counts by the new rule; then change it.
staff-problem-company-title = This authority can’t be trusted like this
staff-problem-company-next = It needs a name, certificates that issue in PEM (CA:TRUE), and an address of its list with http:// or https://, if there is one.
staff-problem-external-name-title = This name does not do
staff-problem-external-name-next = It is too long, or another person’s already.
staff-problem-certificate-missing-title = Your certificate is missing
staff-problem-certificate-missing-next = Nobody gets in here without a certificate. If yours is installed, close the browser altogether, open it again and choose it. If you have none, ask your manager for one.
staff-problem-certificate-another-title = This session began with another certificate
staff-problem-certificate-another-next = Log in again, with the certificate of this machine.
staff-problem-certificate-not-theirs-title = This certificate is not yours
staff-problem-certificate-not-theirs-next = It was issued for somebody else. Close the browser altogether, open it again and choose your own.
staff-problem-certificate-revoked-title = Your certificate is revoked
staff-problem-certificate-revoked-next = Ask your manager for a new one.
staff-problem-certificate-expired-title = Your certificate is not valid today
staff-problem-certificate-expired-next = It is over, or not valid yet. Check the machine’s date, and ask your manager for a new one.
staff-problem-certificate-foreign-title = We do not know this certificate
staff-problem-certificate-foreign-next = It is of an authority that is not trusted here. Close the browser altogether, open it again and choose another.
staff-problem-certificate-crl-unknown-title = Your certificate can’t be checked at the moment
staff-problem-certificate-crl-unknown-next = Your house’s list of revoked certificates can’t be had. Try again later, and tell your IT.

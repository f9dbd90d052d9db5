# The sentences of the students' pages. Short, no jargon; what to do comes last.

## Frame

skip = Skip to content
languages = Language
demo-notice = Demonstration: all universities and people are invented.
operated-by = Operated by { $operator }
footer-why = Why was I refused?
footer-privacy = Privacy
footer-imprint = Legal notice
footer-accessibility = Accessibility
cancel = Cancel and go back to { $issuer }
again = Try again
back-to = Back to { $issuer }
next = What you can do now
reference = Reference number
reference-hint = Give this number when you ask somebody for help.
contact-of = Contact: { $university }
fact-university = University
fact-semester = Semester
fact-issuer = Asked by
fact-when = Time
fact-code = Reason
semester-winter = winter semester { $years }
semester-summer = summer semester { $year }

## University picker

picker-title = Which university are you at?
picker-lead = { $issuer } would like to know whether you are enrolled. Your university confirms it right here.
picker-last = Your last choice
picker-other = Another university
picker-search = Name, abbreviation or city
picker-search-button = Search
picker-list = Universities
picker-found =
    { $count ->
        [one] One university found
       *[other] { $count } universities found
    }
picker-count-none = No university found
picker-count-one = One university found
picker-count-many = # universities found
picker-all = Show all universities
picker-others = Found, but not taking part
picker-others-more = There are more. Type more of the name.
picker-others-absent = These universities do not take part yet. Ask { $issuer } what other proof there is.
picker-everywhere = Search all universities
picker-nothing = No university found
picker-nothing-short = Try a shorter word.
picker-nothing-place = Search for the city of your university.
picker-nothing-absent = Is your university missing altogether? Then it does not take part yet. Ask { $issuer } what other proof there is.

## Form

form-title = Your details
form-other-university = Choose another university
form-fault-mark = Error
form-faults = Please check these details
form-no-match = These details do not match your university’s list for the { $semester }
form-no-match-service = Your university does not confirm these details for the { $semester }
form-no-match-spelling = Write your name as on your student card, with all given names.
form-no-match-number = Check the matriculation number, including zeros at the beginning.
form-no-match-recent = Only just enrolled or re-registered? Then you may not be on the list yet. Try again in a few days.
form-no-match-recent-service = Only just enrolled or re-registered? Then your university may not have entered it yet. Try again in a few days.
form-no-match-reference = If you ask somebody about it: number { $reference }.
form-help = Ask the university
form-locked = Too many attempts
form-locked-wait =
    { $minutes ->
        [one] To protect your data, you can try again in one minute.
       *[other] To protect your data, you can try again in { $minutes } minutes.
    }
form-submit = Check and go on to { $issuer }

field-matriculation-number = Matriculation number
field-matriculation-number-hint = On your student card. Zeros at the beginning belong to it.
field-matriculation-number-missing = Enter your matriculation number.
field-matriculation-number-unreadable = The matriculation number has characters that do not occur in one.
field-matriculation-number-long = The matriculation number is too long.
field-given-names = Given names
field-given-names-hint = All of them, as your university has them.
field-given-names-missing = Enter your given names.
field-given-names-unreadable = The given names have characters that do not occur in names.
field-given-names-long = The given names are too long.
field-family-name = Family name
field-family-name-hint = With all its parts, for example “von” or “al”.
field-family-name-missing = Enter your family name.
field-family-name-unreadable = The family name has characters that do not occur in names.
field-family-name-long = The family name is too long.
field-birth-date = Date of birth
field-birth-date-hint = DD.MM.YYYY, for example 24.12.2003
field-birth-date-missing = Enter your date of birth.
field-birth-date-unreadable = There is no such date of birth. Write it like this: 24.12.2003
field-birth-date-long = The date of birth is too long. Write it like this: 24.12.2003
field-postal-code = Postal code
field-postal-code-hint = Of the address that your university has.
field-postal-code-missing = Enter your postal code.
field-postal-code-unreadable = The postal code has characters that do not occur in one.
field-postal-code-long = The postal code is too long.

passed-on = What { $issuer } will know
passed-on-enrollment = that you are enrolled, at which university and for which semester
passed-on-given-names = your given names
passed-on-family-name = your family name
passed-on-birth-date = your date of birth
passed-on-picture = your photo
passed-on-pseudonym = an identifier that means something only there
passed-on-names-service = Your university has to confirm all of it first. Your matriculation number is not passed on.
passed-on-names = All of it comes from your university’s list, including the spelling of your name. Your matriculation number is not passed on.

## Outcome

reason-not_enrolled-title = Your university could not confirm your enrollment
reason-not_enrolled-why = It does not list you as enrolled for this semester.
reason-not_enrolled-next = Only just enrolled or re-registered? It often takes a few days until the data arrives. Otherwise ask your student office.
reason-wrong_semester-title = The proof is for another semester
reason-wrong_semester-why = Your university confirmed you, but not for the semester of the ticket.
reason-wrong_semester-next = Check whether you have re-registered already, and whether you chose the right semester in the shop.
reason-not_student-title = This university account does not belong to a student
reason-not_student-why = Your university lists it as staff, guest or alumni, for example.
reason-not_student-next = Do you have several accounts? Then log in with the one for your studies. Otherwise ask your student office.
reason-attribute_missing-title = Your university did not send everything that is needed
reason-attribute_missing-why = At least one detail is missing for this ticket. It is not your fault.
reason-attribute_missing-next = If your university asked what it may pass on, agree to everything next time. Otherwise tell your university, with the reference number.
missing = This is missing
missing-identifier = a code by which your university would let us know you again, without your name
missing-affiliation = that you are a student there
missing-semester = for which semester you are enrolled
missing-given_names = your given names
missing-family_name = your family name
missing-birth_date = your date of birth
missing-picture = your photo
reason-source_unavailable-title = Your university cannot be reached right now
reason-source_unavailable-why = Nothing was decided about you. It is not your fault.
reason-source_unavailable-next = Try again in a few minutes.
reason-source_unavailable-when =
    { $minutes ->
        [one] Try again in one minute.
       *[other] Try again in { $minutes } minutes.
    }
reason-consent_denied-title = You cancelled
reason-consent_denied-why = Nothing was passed on.
reason-consent_denied-next = Without your university’s confirmation you cannot buy this ticket. You can start again at any time.
reason-too_many_attempts-title = Too many attempts
reason-too_many_attempts-why = To protect your data, this is closed for a while.
reason-too_many_attempts-next = Wait a while. Then have your student card at hand and copy the details exactly.
reason-not_entitled-title = You are not entitled to this ticket
reason-not_entitled-why = Your university confirms that you study, but not that you are entitled to this ticket. That is often so with a leave of absence, for guest students, or if you are exempt from the fee.
reason-not_entitled-next = Your university knows whether that is right. Ask there and give the reference number.
reason-login_too_old-title = Your login was too long ago
reason-login_too_old-why = This ticket needs a fresh login at your university.
reason-login_too_old-next = Try again, and log in anew.
reason-login_failed-title = The login did not work
reason-login_failed-why = Your university’s answer to the login could not be accepted. Nothing was decided about you.
reason-login_failed-next = Try again. If it keeps failing, tell your university’s IT the reference number.

## Dead ends

problem-onward = Go on to the shop
problem-unknown-client-title = This shop is not known here
problem-unknown-client-what = We send nobody to an address that we do not know.
problem-unknown-client-next = Go back to the shop and report the problem there, with the reference number.
problem-wrong-redirect-uri-title = The way back to the shop is wrong
problem-wrong-redirect-uri-what = The shop gave an address that is not registered for it. To protect you, we stop here.
problem-wrong-redirect-uri-next = Open the shop yourself instead of following a link. If it happens again, report it there with the reference number.
problem-bad-request-title = This request is incomplete
problem-bad-request-what = The shop sent us something that we cannot read.
problem-bad-request-next = Start again in the shop. If it happens again, report it there with the reference number.
problem-flow-expired-title = This page has expired
problem-flow-expired-what = It was open for too long, or belongs to another browser.
problem-flow-expired-next = Start again in the shop. It only takes a moment.
problem-not-found-title = There is no such page
problem-not-found-what = Perhaps the address is incomplete.
problem-not-found-next = Start in the shop where you buy your ticket.
problem-cookies-off-title = Your browser does not accept cookies
problem-cookies-off-what = Without a cookie we cannot tell that it is still you. It is for this check only.
problem-cookies-off-next = Allow cookies for this page, or open the shop in another browser.
problem-too-large-title = That was too much at once
problem-too-large-what = More was sent than is read here.
problem-too-large-next = Go back and shorten what you typed.
problem-too-many-title = It is busy right now
problem-too-many-what = Very many requests came from your connection.
problem-too-many-next = Wait a minute, then try again.
problem-internal-title = Something went wrong here
problem-internal-what = It is our fault. Nothing was decided about you.
problem-internal-next = Try again in a few minutes. If it happens again, report it with the reference number.

## Handing over

handing-over-title = Done
handing-over-lead = Your university has answered. It goes on at { $issuer }.
handing-over-button = Go on to { $issuer }
handing-over-hint = Please within a minute: after that the answer is no longer valid.

## Home

home-title = Enrolled? The university confirms it.
home-lead = Pedell stands between the university and the ticket shop. The university says who is enrolled, and the shop gets a short-lived signed answer.
home-shop = Open the demonstration shop
home-students = For students
home-students-text = There is nothing to do here. Buy your ticket in your shop; it sends you here for a moment.
home-why = Why was I refused?
home-issuers = For ticket shops
home-issuers-text = Pedell speaks OpenID Connect. Any common library will do, and the ID token is verified without asking back.
home-discovery = OpenID configuration
home-openapi = OpenAPI description
home-privacy = Privacy
home-privacy-text = Only what the shop needs for the ticket is passed on, and only with your knowledge. The data is encrypted, separately for each university.

## Look-up

lookup-title = Why was I refused?
lookup-lead = With the reference number you see the reason and what you can do.
lookup-hint = Ten characters from the result page, for example 7K3QF-9XTR2
lookup-button = Look up
lookup-unreadable = This is not a reference number. It has ten characters.
lookup-not-found = There is nothing under this number
lookup-not-found-text = Check each character. Nothing is told any more about old verifications.
lookup-too-many = Too many requests
lookup-too-many-text = Wait a minute, then try again.
lookup-verified = This verification succeeded
lookup-verified-text = Your university confirmed that you are entitled. If you have no ticket all the same, ask { $issuer }.

## Back from the university's login

hop-title = One moment
hop-lead = Your university’s answer is being checked.
hop-button = Continue

## A university's IT tries its connection

trial-title = Try the connection
trial-lead = Test connection: { $university }
trial-what-happens = You log in at your university. Then you see what arrived, what is missing and what would be decided. No proof is issued, and nothing of it is kept.
trial-what-happens-service = One question with these details goes to the service. Then you see what was sent, what came back and what would be decided. No proof is issued and nothing of it is kept.
trial-button-service = Ask and look
trial-service = Service
trial-button = Log in and see
trial-provider = Login service
trial-version = Version of the connection
trial-faults = This is in the way
trial-nobody = Students of this university prove themselves by the imported list. There is no login service to try.
report-title = What arrived
report-lead = Test connection: { $university }
report-refused = The answer was not accepted
report-refused-text = The code says why. The documentation explains each of them.
report-decisions = What would be decided
report-standard-rule = Usual rule
report-eligible = Eligible
report-missing = This is missing
report-missing-text = Release these attributes to us.
report-anonymous = Nothing arrived by which we would know the same person again: pairwise-id, subject-id or a persistent NameID.
report-arrived = Arrived
report-nothing = Nothing arrived.
report-not-read = Is not read.
report-sent = Sent, secrets blanked
report-received = Came back
report-not-kept = None of this is stored. Close the page when you are done.
report-remark-foreign-scope = Not used: the login service may not speak for this scope (shibmd:Scope).
report-remark-malformed = Not used: the value has not the form that its standard demands.
report-remark-several-values = Not used: several values came where one is allowed.
problem-blocked-region-title = There is no access from this network
problem-blocked-region-what = The operator takes no requests from the region of this internet address.
problem-blocked-region-next = Try it through your university’s VPN. Otherwise ask at the ticket shop, and give them the reference number.
problem-trial-over-title = This link does not work any more
problem-trial-over-what = It works for an hour.
problem-trial-over-next = Ask whoever gave it to you for a new one.

## Consent

refused-own = You can add it yourself, in
refused-account = your account.
self-asserted = added by yourself
consent-title = Pass this on to { $issuer }?
consent-lead = { $university } has confirmed that you are entitled. Nothing has been passed on yet.
consent-remembered = Your answer is remembered. You see it, and can withdraw it, in
consent-account = your account.
consent-agree = Agree and go on to { $issuer }
consent-decline = Do not pass anything on

## A student's own account

account-title = Your account
account-login-lead = Log in at your university: then you see what it told us about you, and who got what.
account-login-nothing = Is your university missing? Then you do not log in there for tickets, and there is no account.
account-login-hint = There is no password of its own. The account is open for 15 minutes after the login.
account-received = What your university told us
account-received-text = The latest of each, with the time and the way it came.
account-given-names = Given names
account-family-name = Family name
account-birth-date = Date of birth
account-picture = Photo
account-is-student = Student
account-semesters = Enrolled
account-entitlements = Ticket entitlement
account-enrollment = enrollment
account-yes = Yes
account-no = No
account-added = What you add yourself
account-added-text = Some tickets need something that your university does not tell us. What you add is marked as added by yourself wherever it is shown, and not every ticket accepts it. Your name is always your university’s.
account-add-birth-date = Add date of birth
account-remove-birth-date = Remove date of birth
account-other-photo = Another photo
account-photo-hint = JPEG, PNG or WebP, up to 8 MB. We keep a small copy without place and camera data.
account-picture-alt = Your photo
account-add-photo = Upload photo
account-remove-photo = Remove photo
account-consents = Who may know what
account-consents-text = You have agreed to this. If you withdraw it, you are asked again before the next ticket. What was passed on already stays there; ask the shop about it.
account-consents-none = You have not agreed that anybody gets to know anything.
account-withdraw = Withdraw for { $issuer }
account-passed-on = What was passed on
account-passed-on-none = Nothing yet.
account-passed-on-unknown = Which details, was not written down then.
account-rights = Your data
account-download = Download everything (JSON)
account-anonymise-text = You can ask for your account to be anonymised. The operator then overwrites everything that leads to you. Tickets that you have bought stay valid.
account-anonymise = Ask for anonymisation
account-anonymise-asked = You have asked for anonymisation. The operator will carry it out.
account-number = Account number, for letters to the operator:
account-leave = Close the account page
account-fault-birth-date = There is no such date of birth. Write it like this: 24.12.2003
account-fault-no-photo = Choose a photo.
account-fault-photo = This file is not a photo that we can read. JPEG, PNG and WebP work.
account-fault-large-photo = The photo is too large. Up to 8 MB and 25 megapixels work.
account-fault-small-photo = The photo is too small to recognise anybody.
problem-account-closed-title = Your account is closed again
problem-account-closed-what = It was open for too long, or this page belongs to another browser.
problem-account-closed-next = Log in at your university again; nothing is lost.
problem-account-login-title = The login did not work
problem-account-login-what = Your university’s answer to the login could not be accepted. Your account stays closed.
problem-account-login-next = Try again. If it keeps failing, tell your university’s IT the reference number.

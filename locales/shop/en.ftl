# The demonstration shop.

skip = Skip to content
languages = Language
tagline = Demonstration shop: nothing is sold here.

window-title = Deutschland{"\u00AD"}semester{"\u00AD"}ticket
window-lead = Trains and buses all over Germany for one semester. For everybody who is enrolled.
window-name = Your name
window-name-hint = Misspell it if you like: the ticket will say what the university says.
window-buy = Prove enrollment and buy
window-how = Pedell does the proof: your university answers, and you come back here.
window-students = Invented students to try
window-number = Matriculation number
window-born = Date of birth
window-university = University
window-proof = Proof
window-login = login at the university
window-outcome = Outcome
window-outcome-ticket = ticket

ticket-title = Your ticket
ticket-valid = valid
ticket-of = University
ticket-born = Date of birth
ticket-semester = Semester
ticket-from = First day
ticket-until = Last day
ticket-method = Proven by
ticket-overwritten = “{ $typed }” was typed. The ticket bears the name that the university has on record.
ticket-repeat = Repeat: a proof for this semester was first issued on { $first }.
ticket-proof = Signature verified
ticket-proof-text = The shop verified the answer by itself, with the public keys alone.
ticket-raw = The token as it arrived
ticket-again = Another ticket

no-ticket-title = No ticket
no-ticket-lead = Your entitlement was not confirmed.
no-ticket-error = Error
no-ticket-reason = Reason
no-ticket-description = Description
no-ticket-reference = Reference number
no-ticket-why = Why? Look it up at Pedell
no-ticket-back = Back to the ticket
semester-winter = winter semester { $years }
semester-summer = summer semester { $year }

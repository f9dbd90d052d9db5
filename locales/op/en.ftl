# The login of the demonstration's second university, which speaks OpenID Connect.

skip = Skip to content
languages = Language
tagline = Demonstration university: it does not exist, nor does anybody here.

login-title = Log in
login-lead = Pedell asks for a login by OpenID Connect. A real university would ask for user name and password here; this one believes whoever you say you are.
login-who = Who are you?

account-greta = is enrolled and gets a ticket
account-hakan = was enrolled last semester and has not re-enrolled
account-ingrid = has graduated
account-joao = is enrolled, but the university does not pass the birth date on
account-klara = would rather not log in after all

trouble-title = This request is not answered
trouble-lead = It is not as Pedell makes them. Please begin again in the shop.

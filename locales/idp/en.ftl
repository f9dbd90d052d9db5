# The login of the demonstration's university.

skip = Skip to content
languages = Language
tagline = Demonstration university: it does not exist, nor does anybody here.

login-title = Log in
login-lead = Pedell asks for a login. A real university would ask for user name and password here; this one believes whoever you say you are.
login-who = Who are you?

account-amelie = is enrolled and gets a ticket
account-bruno = was enrolled last semester and has not re-enrolled
account-carla = works at the university and does not study
account-deniz = is enrolled, but the university does not pass the birth date on
account-emeka = is said to study at another university, for which this one may not speak
account-frida = is locked: the login fails

onward-title = One moment
onward-lead = Your data go to Pedell, encrypted.
onward-button = Go on

trouble-title = This request is not answered
trouble-lead = It is not as Pedell makes them. Please begin again in the shop.

# Was per E-Mail geschickt wird. Reiner Text.
mail-subject = Ihr Konto bei { $tenant }
mail-invitation =
    Guten Tag { $name },
    Sie sind zu { $tenant } eingeladen. Dieser Link richtet Ihr Konto ein; er funktioniert einmal:
    { $link }
mail-until = Er gilt bis { $until }. Wenn Sie nicht wissen, worum es geht, tun Sie nichts.

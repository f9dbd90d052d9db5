# What is sent by mail. Plain text.
mail-subject = Your account at { $tenant }
mail-invitation =
    Hello { $name },
    you have been invited to { $tenant }. This link sets your account up; it works once:
    { $link }
mail-until = It works until { $until }. If you do not know what this is about, do nothing.

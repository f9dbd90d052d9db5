//! A link that could not be sent is the manager's to hand over, and they are told. That mail is sent is tested with a real
//! server in `tests/mail.rs`.

use pedell::{
    base::{Clock, Random},
    peers::mail::{MailSecurity, MailServer, Mailer},
};

use super::cast::{Cast, key_of};
use crate::scene::on_each_engine;

#[tokio::test]
async fn a_manager_reads_that_a_link_could_not_be_sent_and_has_it() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let manager = cast.manager.browser(&site);
        let key = key_of(&manager).await;
        let tenant = cast.university.to_string();
        let invite = async |login: &str| {
            let form = [
                ("form_key", key.as_str()),
                ("tenant", &tenant),
                ("login", login),
                ("name", "Ayşe\"><script>alert(1)</script>"),
                ("rank", "organizer_staff"),
            ];
            let page = manager.post("/staff/people/new?ui_locales=en", &form).await.body;
            assert!(page.contains("/staff/invitation?code=") && !page.contains("<script>alert"), "{page}");
            page
        };
        let says_so = |page: &str| page.contains("could not be sent by mail") || page.contains("nicht per E-Mail");
        assert!(!says_so(&invite("one@uni.example").await), "there is no server");
        let server = MailServer {
            host: "127.0.0.1".into(),
            port: 1,
            security: MailSecurity::None,
            login: None,
            from: "pedell@tickets.example".into(),
            ca_certificates: None,
        };
        cast.pedell.use_mailer(Mailer::new(&server, Clock::default(), Random::default()).unwrap());
        assert!(says_so(&invite("two@uni.example").await));
        assert!(!says_so(&invite("three-three").await), "no address");
    })
    .await;
}

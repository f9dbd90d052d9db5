//! A university's staff send a list, look at what it would change, and bring the one before back.

use super::cast::{Cast, key_of};
use crate::{
    scene::on_each_engine,
    site::{JONAS, ZOE, list},
};

#[tokio::test]
async fn a_list_is_looked_at_sent_and_taken_back() {
    on_each_engine(async |scene| {
        let cast = Cast::of(&scene).await;
        let site = scene.site().await;
        let office = cast.office.browser(&site);
        let key = key_of(&office).await;
        let tenant = cast.university.to_string();
        let send = async |what: &str, file: &str, key: &str| {
            let form = [("form_key", key), ("tenant", &tenant), ("semester", "WS 2026/27"), ("do", what)];
            office.post_file("/staff/rosters", &form, "liste.csv", file).await
        };
        let rows = async || {
            let lists = scene.tenant().await.current_rosters().await.unwrap();
            lists.first().map(|list| (list.row_count, list.imported_by.clone()))
        };
        let preview = send("preview", &list(&[ZOE]), &key).await;
        assert_eq!(preview.status, 200, "{}", preview.body);
        assert_eq!(rows().await, None, "a preview changes nothing");
        assert_eq!(send("import", &list(&[ZOE]), "another key").await.status, 403);
        assert_eq!(send("import", &list(&[ZOE]), &key).await.status, 200);
        let by = format!("staff {} organizer_staff", cast.office.id);
        assert_eq!(rows().await, Some((1, by.clone())));
        assert_eq!(send("import", &list(&[ZOE, JONAS]), &key).await.status, 200);
        let faulty = send("import", &format!("{}x;y;z;no date\n", list(&[ZOE])), &key).await;
        assert!(faulty.status == 422 && faulty.body.contains("<code>"), "{}", faulty.body);
        assert!(!faulty.body.contains("no date"), "nobody's data are on the page");
        assert_eq!(send("import", "no list at all", &key).await.status, 422);
        assert_eq!(rows().await.unwrap().0, 2);
        let page = office.get("/staff/rosters").await;
        assert!(page.body.contains("/staff/rosters/roll-back"));
        let form = [("form_key", key.as_str()), ("tenant", &tenant), ("semester", "2026W")];
        assert_eq!(office.post("/staff/rosters/roll-back", &form).await.status, 303);
        assert_eq!(rows().await.unwrap().0, 1);

        // A file that breaks off is not a shorter list.
        let whole = list(&[ZOE, JONAS]);
        let form = format!(
            "--e\r\nContent-Disposition: form-data; name=\"form_key\"\r\n\r\n{key}\r\n--e\r\nContent-Disposition: \
             form-data; name=\"tenant\"\r\n\r\n{tenant}\r\n--e\r\nContent-Disposition: form-data; name=\"semester\"\r\n\
             \r\n2026W\r\n--e\r\nContent-Disposition: form-data; name=\"do\"\r\n\r\nimport\r\n--e\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"l.csv\"\r\n\r\n{whole}"
        );
        let request =
            site.http.post(site.url("/staff/rosters")).header("content-type", "multipart/form-data; boundary=e");
        let cookie = format!("{}={}", super::cast::COOKIE, cast.office.token.expose());
        let cut = crate::site::Answer::of(request.header("cookie", cookie).body(form)).await;
        assert!(cut.status >= 400, "{cut:?}");
        assert_eq!(rows().await.unwrap().0, 1);
    })
    .await;
}

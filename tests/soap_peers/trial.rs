//! `pedell connection try`, as an operator types it, at a service that runs.

use std::fs;

use tempfile::TempDir;

use crate::{LIST, program::Program, services::Service};

const UNIVERSITY: &str = "name_de = \"Universität Beispielstadt\"\nname_en = \"University of Beispielstadt\"\n\
                          calendar = { summer_month = 4, winter_month = 10 }\n";

#[test]
fn one_question_is_asked_and_shown_with_its_answer_and_without_secrets() {
    let folder = TempDir::new().unwrap();
    let service = Service::example(folder.path(), LIST, "3423k24");
    let configuration = "[database]\nurl = \"sqlite:data\"\n[keys]\nmaster_key_file = \"master.key\"\n\
                         [outbound]\nallowed = [\"127.0.0.1\"]\n";
    let program = Program::new(folder.path(), configuration);
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("uni.toml", UNIVERSITY);
    write("token", "3423k24\n");
    write(
        "soap.toml",
        &format!(
            "kind = \"soap\"\nwsdl_url = \"{}?wsdl\"\nfields = [\"matriculation_number\", \"family_name\", \"given_names\", \
             \"birth_date\"]\nerror_codes = {{ 2 = {{ means = \"wrong_semester\", text = \"Nicht eingeschrieben\" }} }}\n",
            service.address
        ),
    );
    program.done(&["keys", "init"]);
    program.done(&["university", "add", "uni-beispielstadt", "uni.toml"]);
    let set = ["connection", "set", "uni-beispielstadt", "soap.toml", "--by", "ada", "--secret", "token=token"];
    assert_eq!(program.done(&set), "test connection, version 1");
    let try_out = |semester: &str, born: &str| {
        program.run(&[
            "connection",
            "try",
            "uni-beispielstadt",
            "--by",
            "ada",
            "--matriculation-number",
            "0012345",
            "--family-name",
            "müller söhne",
            "--given-names",
            "Jana",
            "--birth-date",
            born,
            "--semester",
            semester,
        ])
    };
    let yes = try_out("WS 2026/27", "17.04.2003");
    assert_eq!(yes.code, Some(0), "{yes:?}");
    for shown in [
        "<token>********</token><Matrikelnummer>0012345</Matrikelnummer><Name>müller söhne</Name>",
        "SOAPAction: \"urn:verify#verifyData\"",
        "<Semesterkuerzel>26W</Semesterkuerzel>",
        "200 OK",
        "<Name>Müller &amp; Söhne</Name>",
        "result: true",
        "the standard rule: eligible",
    ] {
        assert!(yes.out.contains(shown), "{shown} in {}", yes.out);
    }
    assert!(!format!("{yes:?}").contains("3423k24"));
    let no = try_out("SS 2026", "17.04.2003");
    assert!(no.out.contains("fehlerCode: 2 (Nicht eingeschrieben)"), "{}", no.out);
    assert!(no.out.contains("the standard rule: wrong_semester"), "{}", no.out);
    let unknown = try_out("WS 2026/27", "18.04.2003");
    assert!(unknown.out.contains("the standard rule: source_unavailable"), "{}", unknown.out);
    drop(service);
    let gone = try_out("WS 2026/27", "17.04.2003");
    assert_eq!(gone.code, Some(1), "{gone:?}");
    assert!(gone.err.contains("source_connect"), "{}", gone.err);
    let link = program.done(&["connection", "try", "uni-beispielstadt", "--by", "ada"]);
    assert!(link.contains("/try?trial="), "{link}");
}

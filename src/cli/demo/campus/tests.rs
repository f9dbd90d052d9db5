//! The service's own answers; what clients of others make of it is in `tests/soap`.

use super::*;

const LIST: &str = "Matrikelnummer;Nachname;Vorname;Geburtsdatum;Postleitzahl;Semester\n\
                    0012345;Müller & Söhne;Jana;17.04.2003;01067;26W\n";

fn ask(campus: &Campus, number: &str, family: &str, semester: &str, token: &str) -> String {
    let question = format!(
        "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><x:verifyDataRequest xmlns:x='urn:x'>\
         <token>{token}</token><Matrikelnummer>{number}</Matrikelnummer><Name>{family}</Name><Vorname>jana</Vorname>\
         <Geburtsdatum>2003-04-17</Geburtsdatum><Semesterkuerzel>{semester}</Semesterkuerzel></x:verifyDataRequest>\
         </e:Body></e:Envelope>"
    );
    campus.say(&Asked::parse(question.as_bytes()).unwrap()).to_xml()
}

#[test]
fn a_student_is_known_by_number_name_and_semester_and_answered_in_the_universitys_spelling() {
    let campus = Campus::new(LIST.as_bytes(), "http://a.example/verify", Some("t".to_owned())).unwrap();
    let yes = ask(&campus, "0012345", "MUELLER &amp; soehne", "26W", "t");
    assert!(yes.contains("<result>true</result><fehlerCode>0</fehlerCode><Name>Müller &amp; Söhne</Name>"), "{yes}");
    for (number, family, semester, token, code) in [
        ("0012346", "Müller", "26W", "t", 1),
        ("0012345", "Meier", "26W", "t", 1),
        ("0012345", "Müller Söhne", "26S", "t", 2),
        ("0012345", "Müller Söhne", "26W", "x", 9),
    ] {
        let no = ask(&campus, number, family, semester, token);
        assert!(no.contains(&format!("<result>false</result><fehlerCode>{code}</fehlerCode></v")), "{number}: {no}");
    }
}

#[test]
fn a_list_with_a_wrong_row_is_refused_with_its_line() {
    for (row, expected) in [("1;A;B;1.1.2000;01067", "line 3"), ("1;A;B;31.02.2000;01067;26W", "line 3")] {
        let refused = Campus::new(format!("{LIST}{row}\n").as_bytes(), "", None).err().unwrap().to_string();
        assert!(refused.contains(expected), "{refused}");
    }
}

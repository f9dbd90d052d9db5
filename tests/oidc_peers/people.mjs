// Who can log in, and what the university says of them. Any password will do.

const semester = process.env.SEMESTER ?? "20262";

const person = (given_name, family_name, birthdate, affiliation, studySemester) => ({
  given_name, family_name, birthdate, studySemester,
  eduperson_scoped_affiliation: [`member@uni.example`, `${affiliation}@uni.example`],
  eduperson_entitlement: ["urn:mace:dir:entitlement:common-lib-terms"],
});

export const people = {
  ana: person("Ana", "Müller-Lüdenscheidt", "2003-12-24", "student", semester),
  stefan: person("Stefan", "Staff", "1970-01-01", "staff", semester),
  late: person("Lara", "Letzte", "2001-02-03", "student", "20151"),
};

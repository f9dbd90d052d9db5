//! Where settings come from: the values of the file and of the environment, each with its place, not yet judged.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::Path,
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::fault::Fault;

/// A configuration file is read up to this size.
const FILE_BYTES: u64 = 256 * 1024;
const PREFIX: &str = "PEDELL_";
/// Variables that are not settings: which file to read, and what only tests look at.
const NOT_SETTINGS: [&str; 2] = ["PEDELL_CONFIG", "PEDELL_TEST_"];

/// Values by `section.key`, the environment's over the file's.
#[derive(Default)]
pub(super) struct Source {
    pub(super) values: BTreeMap<String, Given>,
    pub(super) sections: Vec<Given>,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) faults: Vec<Fault>,
}

/// A value and where it stands.
pub(super) struct Given {
    pub(super) place: String,
    pub(super) name: String,
    pub(super) value: Value,
}

/// What was written. Deliberately without `Debug`: it may be a secret.
pub(super) enum Value {
    Text(String),
    /// `None` if it does not fit 64 bits.
    Integer(Option<i64>),
    List(Vec<Value>),
    /// So many `[[section.key]]`; their values stand beside it as `section.key[0].…`.
    Tables(usize),
    /// From the environment: the key decides how it is read.
    Variable(String),
    /// Anything that no key takes, by name.
    Other(&'static str),
}

impl Source {
    pub(super) fn add_file(&mut self, path: &Path) {
        let name = path.display().to_string();
        match read_bounded(path) {
            Ok(text) => self.add_toml(&name, &text),
            Err(error) => self.faults.push(Fault { place: name, message: format!("cannot be read: {error}") }),
        }
    }

    fn add_toml(&mut self, file: &str, text: &str) {
        let place = |span: std::ops::Range<usize>| {
            let lines = text.get(..span.start).map_or(0, |before| before.matches('\n').count());
            format!("{file}:{}", lines + 1)
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let place = error.span().map_or_else(|| file.to_owned(), place);
            self.faults.push(Fault { place, message: error.message().to_owned() });
        }
        for (section, content) in table.get_ref() {
            let section_place = place(section.span());
            let Some(keys) = content.get_ref().as_table() else {
                let message =
                    format!("`{}` stands outside a section; the file has sections like [server]", section.get_ref());
                self.faults.push(Fault { place: section_place, message });
                continue;
            };
            let name = section.get_ref().to_string();
            self.sections.push(Given { place: section_place, name: name.clone(), value: Value::Other("section") });
            for (key, value) in keys {
                let name = format!("{name}.{}", key.get_ref());
                self.add_value(name, place(key.span()), value, &place);
            }
        }
    }

    /// A value; a list of tables becomes a value for each of their keys.
    fn add_value(
        &mut self,
        name: String,
        at: String,
        value: &Spanned<DeValue<'_>>,
        place: &impl Fn(std::ops::Range<usize>) -> String,
    ) {
        let tables: Option<Vec<_>> =
            value.get_ref().as_array().and_then(|items| items.iter().map(|item| item.get_ref().as_table()).collect());
        let value = match tables {
            Some(tables) if !tables.is_empty() => {
                for (index, table) in tables.iter().enumerate() {
                    for (key, value) in *table {
                        let name = format!("{name}[{index}].{}", key.get_ref());
                        let given = Given { place: place(key.span()), name: name.clone(), value: Value::of(value) };
                        self.values.insert(name, given);
                    }
                }
                Value::Tables(tables.len())
            }
            _ => Value::of(value),
        };
        self.values.insert(name.clone(), Given { place: at, name, value });
    }

    pub(super) fn add_environment(&mut self, environment: impl Iterator<Item = (String, String)>) {
        for (variable, value) in environment {
            let Some(rest) = variable.strip_prefix(PREFIX) else { continue };
            if NOT_SETTINGS.iter().any(|name| variable == *name || (name.ends_with('_') && variable.starts_with(name)))
            {
                continue;
            }
            if let Some((section, key)) = rest.split_once("__") {
                let name = format!("{}.{}", section.to_lowercase(), key.to_lowercase());
                let place = variable.chars().take(100).collect();
                let given = Given { place, name: name.clone(), value: Value::Variable(value) };
                self.values.insert(name, given);
            } else {
                self.variables.insert(variable, value);
            }
        }
    }
}

/// `server.public_url` as a variable.
pub(super) fn variable_of(name: &str) -> String {
    format!("{PREFIX}{}", name.replace('.', "__").to_uppercase())
}

impl Value {
    fn of(value: &Spanned<DeValue<'_>>) -> Self {
        match value.get_ref() {
            DeValue::String(text) => Self::Text(text.to_string()),
            DeValue::Integer(number) => Self::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()),
            DeValue::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            DeValue::Float(_) => Self::Other("a number with a fraction"),
            DeValue::Boolean(_) => Self::Other("true or false"),
            DeValue::Datetime(_) => Self::Other("a date"),
            DeValue::Table(_) => Self::Other("a table"),
        }
    }

    /// For a fault: what was written, without its value.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Variable(_) => "text",
            Self::Integer(_) => "a whole number",
            Self::List(_) => "a list",
            Self::Tables(_) => "a list of tables",
            Self::Other(kind) => kind,
        }
    }
}

fn read_bounded(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(FILE_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > FILE_BYTES {
        return Err(io::Error::other(format!("it has more than {FILE_BYTES} bytes")));
    }
    Ok(text)
}

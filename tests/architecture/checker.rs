//! Holds every import of the house against the law.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    path::Path as FilePath,
};

use crate::{
    law,
    source::{Path, Source},
};

/// Module path inside the crate; empty for the root.
type ModulePath = Vec<String>;

/// All files of `src/`.
pub(crate) struct House {
    files: Vec<File>,
    modules: BTreeSet<ModulePath>,
    /// `pub use` and `use` of modules: where a name given in a module really lives.
    aliases: BTreeMap<ModulePath, Vec<String>>,
}

struct File {
    name: String,
    module: ModulePath,
    source: Source,
    is_test: bool,
}

/// An import between two children of one folder.
struct Edge {
    to: String,
    place: String,
}

impl House {
    /// Reads `src/` under this folder.
    pub(crate) fn read(root: &FilePath) -> Self {
        let mut texts = Vec::new();
        walk(&root.join("src"), "src", &mut texts);
        Self::of(texts)
    }

    /// From file names (`src/a/b.rs`) and texts.
    pub(crate) fn of(texts: Vec<(String, String)>) -> Self {
        let mut files: Vec<File> = texts
            .into_iter()
            .map(|(name, text)| File { module: module_of(&name), source: Source::read(&text), name, is_test: false })
            .collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let modules = files.iter().map(|file| file.module.clone()).collect();
        let mut house = Self { files, modules, aliases: BTreeMap::new() };
        house.mark_test_files();
        house.collect_aliases();
        house
    }

    pub(crate) fn files(&self) -> Vec<&str> {
        self.files.iter().map(|file| file.name.as_str()).collect()
    }

    /// Every breach of the law, each one line: file, line, what, why.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for file in &self.files {
            self.check_place(file, &mut faults);
            for path in &file.source.paths {
                self.check_path(file, path, &mut faults);
            }
        }
        faults.extend(self.circles());
        faults
    }

    fn check_place(&self, file: &File, faults: &mut Vec<String>) {
        let name = &file.name;
        if let Some(row) = file.module.first()
            && law::row(row).is_none()
        {
            let known: Vec<_> = law::ROWS.iter().map(|row| row.name).collect();
            faults.push(format!("{name}:1: `{row}` is no row of the house; the rows are {}", known.join(", ")));
        }
        if let Some((child, parent)) = file.module.split_last() {
            let mut parents = self.files.iter().filter(|file| file.module == parent).peekable();
            let declared = |file: &File| file.source.modules.iter().any(|m| m.name == *child && !m.is_inline);
            if parents.peek().is_none() || !parents.any(declared) {
                faults
                    .push(format!("{name}:1: no `mod {child};` declares this file, so it is never compiled or tested"));
            }
        }
        if !file.is_test && file.source.lines > law::LINES {
            faults.push(format!(
                "{name}:{}: {} lines without tests, {} are allowed: a file holds one idea, so split it by idea",
                law::LINES + 1,
                file.source.lines,
                law::LINES
            ));
        }
    }

    fn check_path(&self, file: &File, path: &Path, faults: &mut Vec<String>) {
        let Some(from) = file.module.first() else { return };
        let Some(row) = law::row(from) else { return };
        let (place, written) = (place(file, path), path.segments.join("::"));
        let Some(target) = self.target(file, path) else {
            for outside in law::OUTSIDE {
                let named = written == outside.path || written.starts_with(&format!("{}::", outside.path));
                if named && !path.in_tests && !file.is_test && !outside.rows.contains(&row.name) {
                    let (allowed, why) = (outside.rows.join(", "), outside.why);
                    faults.push(format!("{place}: `{written}` in `{from}`, allowed in {allowed} only: {why}"));
                }
            }
            return;
        };
        let Some(to) = target.first() else { return };
        if to == from || row.may_import.contains(&to.as_str()) {
            return;
        }
        let may = if row.may_import.is_empty() { "nothing".to_owned() } else { row.may_import.join(", ") };
        faults.push(format!("{place}: `{written}` imports `{to}`, but `{from}` may import {may}: {}", row.why));
    }

    /// Circles among the children of one folder, each reported once with the imports that close it. Tests don't count:
    /// they may build a scene from their siblings.
    fn circles(&self) -> Vec<String> {
        let mut folders: BTreeMap<ModulePath, BTreeMap<String, Vec<Edge>>> = BTreeMap::new();
        for file in self.files.iter().filter(|file| !file.is_test) {
            for path in file.source.paths.iter().filter(|path| !path.in_tests) {
                let Some(target) = self.target(file, path) else { continue };
                let shared = file.module.iter().zip(&target).take_while(|(a, b)| a == b).count();
                if let (Some(from), Some(to)) = (file.module.get(shared), target.get(shared))
                    && shared > 0
                {
                    let edges = folders.entry(file.module[..shared].to_vec()).or_default();
                    let edge = Edge { to: to.clone(), place: place(file, path) };
                    edges.entry(from.clone()).or_default().push(edge);
                }
            }
        }
        let mut faults = Vec::new();
        for (folder, edges) in &folders {
            let mut seen = BTreeSet::new();
            for start in edges.keys() {
                let Some(circle) = shortest_circle(edges, start) else { continue };
                if seen.insert(circle.iter().map(|(name, _)| name.clone()).collect::<BTreeSet<_>>()) {
                    let places: Vec<_> = circle.iter().map(|(name, place)| format!("→ {name} ({place})")).collect();
                    faults.push(format!(
                        "{}: a circle in `{}`: {start} {}: modules that need each other can't be read or tested one by one",
                        circle[0].1,
                        folder.join("::"),
                        places.join(" ")
                    ));
                }
            }
        }
        faults
    }

    fn mark_test_files(&mut self) {
        let mut tests = Vec::new();
        for file in &self.files {
            for module in file.source.modules.iter().filter(|module| module.is_test && !module.is_inline) {
                tests.push(joined(&file.module, &module.name));
            }
        }
        for file in &mut self.files {
            file.is_test = tests.iter().any(|test| file.module.starts_with(test));
        }
    }

    fn collect_aliases(&mut self) {
        let mut aliases = BTreeMap::new();
        for file in &self.files {
            for path in file.source.paths.iter().filter(|path| path.inside.is_empty()) {
                let Some(name) = &path.gives else { continue };
                if let Some(full) = self.absolute(file, path)
                    && full != joined(&file.module, name)
                {
                    aliases.insert(joined(&file.module, name), full);
                }
            }
        }
        self.aliases = aliases;
    }

    /// The module of this crate that a path leads to, re-exports followed; `None` if it leads outside.
    fn target(&self, file: &File, path: &Path) -> Option<ModulePath> {
        let mut full = self.absolute(file, path)?;
        for _ in 0..8 {
            let module = self.module_part(&full);
            match full.get(..=module).and_then(|name| self.aliases.get(name)) {
                Some(real) => full = real.iter().chain(&full[module + 1..]).cloned().collect(),
                None => break,
            }
        }
        full.truncate(self.module_part(&full));
        Some(full)
    }

    fn module_part(&self, full: &[String]) -> usize {
        (0..=full.len()).rev().find(|length| self.modules.contains(&full[..*length])).unwrap_or(0)
    }

    /// The path from the crate's root; `None` if it starts outside or at something local.
    fn absolute(&self, file: &File, path: &Path) -> Option<Vec<String>> {
        let mut here = file.module.clone();
        here.extend(path.inside.iter().cloned());
        let mut rest = path.segments.as_slice();
        match rest.first()?.as_str() {
            "crate" | "pedell" => return Some(rest[1..].to_vec()),
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|segment| segment == "super") {
                    here.pop();
                    rest = &rest[1..];
                }
            }
            child if self.modules.contains(&joined(&here, child)) => {}
            _ => return None,
        }
        here.extend(rest.iter().cloned());
        Some(here)
    }
}

fn shortest_circle(edges: &BTreeMap<String, Vec<Edge>>, start: &str) -> Option<Vec<(String, String)>> {
    let mut queue = VecDeque::from([(start.to_owned(), Vec::new())]);
    let mut seen = BTreeSet::new();
    while let Some((at, way)) = queue.pop_front() {
        for edge in edges.get(&at).into_iter().flatten() {
            let mut longer: Vec<(String, String)> = way.clone();
            longer.push((edge.to.clone(), edge.place.clone()));
            if edge.to == start {
                return Some(longer);
            }
            if seen.insert(edge.to.clone()) {
                queue.push_back((edge.to.clone(), longer));
            }
        }
    }
    None
}

fn place(file: &File, path: &Path) -> String {
    format!("{}:{}", file.name, path.line)
}

fn joined(module: &[String], name: &str) -> ModulePath {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

fn module_of(file: &str) -> ModulePath {
    let inner = file.trim_start_matches("src/").trim_end_matches(".rs");
    let mut module: Vec<_> = inner.split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

fn walk(folder: &FilePath, name: &str, texts: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{name}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            walk(&entry.path(), &name, texts);
        } else if FilePath::new(&name).extension().is_some_and(|extension| extension == "rs") {
            texts.push((name, fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

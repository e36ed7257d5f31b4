//! Every sentence that the program can say has its Chinese: found in the sources, asked of the tables.
//!
//! A sentence is a string of the sources with two words in a row. What stands beside its Chinese already is left alone
//! (`pick(lang, …)`, `Both::new`, `match lang`, fields called `…_zh`); so is what nobody is told, see `EXCEPT`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use walkshed::import::reason::find_chinese;

/// Fewer sentences than this are not found by a scanner that works.
const SENTENCES_MIN: usize = 810;

/// Sources that tell nobody, or tell in both languages by tables of their own.
const NOT_TOLD: [(&str, &str); 12] = [
    ("cli/args.rs", "help: src/cli/zh/help.toml, held complete by a test there"),
    ("cli/place/args.rs", "help"),
    ("cli/place/extended_args.rs", "help"),
    ("delivery/plan/problem.rs", "one table of words for both languages"),
    ("cli/text.rs", "one table of words for both languages"),
    ("cli/tongue.rs", "words of the command line's own parser"),
    ("server/describe.rs", "the description of the API, for programmers"),
    ("store/scenarios/schema.rs", "SQL"),
    ("store/scenarios/rows.rs", "SQL"),
    ("import/column_guess.rs", "words looked for in tables"),
    ("import/facilities/status.rs", "words looked for in tables"),
    ("import/init/mod.rs", "the study.toml that `init` writes"),
];

/// Sources that speak by tables in both languages; only their errors are sentences of this sort.
const TABLES: [&str; 2] = ["report/", "export/"];

/// Calls whose strings are always told, in English.
const ERRORS: [&str; 5] = ["error", "bail!", "anyhow!", "context", "with_context"];

/// Calls whose strings are told nobody.
const SILENT: [&str; 20] = [
    "expect",
    "unreachable!",
    "panic!",
    "assert!",
    "assert_eq!",
    "debug_assert!",
    "debug_assert_eq!",
    "execute",
    "execute_batch",
    "prepare",
    "query_row",
    "starts_with",
    "strip_prefix",
    "strip_suffix",
    "replace",
    "push_str",
    "with_template",
    "contains",
    "split_once",
    "description",
];

/// Strings that are no sentences of the program, and what they are; `*` stands for any end.
const EXCEPT: [(&str, &str); 34] = [
    ("Max address space", "a line of the system"),
    ("# Brought in through the page*", "written into study.toml"),
    ("license = *", "written into study.toml"),
    ("attribution = *", "written into study.toml"),
    ("walkshed study 1", "what is hashed"),
    ("parts {}, drawn {}", "what is hashed"),
    ("elevation {} {} {}", "what is hashed"),
    ("Signature: *", "the mark of a folder of caches"),
    ("default-src*", "an HTTP header"),
    ("public, max-age*", "an HTTP header"),
    ("attachment; filename*", "an HTTP header"),
    ("Nothing is on it", "the description of the API"),
    ("It is as it was*", "the description of the API"),
    ("demand, milli-distance", "a unit in a plan's file"),
    ("milli-demand, milli-distance", "a unit in a plan's file"),
    ("instance, p = {}", "what was asked, in a plan's file"),
    ("instance within*", "what was asked, in a plan's file"),
    ("open today", "a key in a plan's file"),
    ("scattered homes", "has its Chinese in the constant after it"),
    ("study area", "has its Chinese in the constant after it"),
    ("{}: walkshed check {}", "a command"),
    ("open a gate", "kept with a scenario; the page says it by the kind of edit"),
    ("open a barrier", "kept with a scenario"),
    ("close the street", "kept with a scenario"),
    ("add a street", "kept with a scenario"),
    ("change the rule", "kept with a scenario"),
    ("Plan {}", "the name of a new scenario"),
    ("column {}", "the name of a column that has none"),
    ("level {}", "the name of a level that has none"),
    ("in {}", "part of a sentence that is there whole"),
    ("at {}", "part of a sentence that is there whole"),
    ("a ring {} at {}", "put together in spatial/validity.rs; reasons.toml has each whole"),
    (
        "a ring{} is not closed or has fewer than three corners",
        "put together in spatial/validity.rs; reasons.toml has each whole",
    ),
    ("admin_level {}", "the name of a level, as the map has it"),
];

/// What `a ring` does, put together with it.
const RING: [&str; 6] = [
    "touches itself",
    "crosses itself",
    "runs back along itself",
    "crosses another",
    "runs along another",
    "runs along another part",
];

/// Latin words that Chinese keeps: names of programs, formats and fields.
const KEPT: &str = "auto cat choices crs extract functions gdalwarp gzip header id junctions lat lon lzma \
    midblocks multipolygon boundary site entrance wall name network orlib osmium overpass turbo pbf pmed shapefile \
    source walkshed xz zip zlib zstd capacitated";

/// A source without its strings and comments, and the strings.
struct Source {
    /// As long as the source; strings are one `"`, comments are blank.
    code: Vec<u8>,
    /// Where each string begins, and what it says.
    strings: Vec<(usize, String)>,
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        let is_test = path.file_stem().is_some_and(|name| name == "tests");
        if path.is_dir() && !is_test {
            files.extend(rust_files(&path));
        } else if !is_test && path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Which sentences of a source are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    All,
    /// Other strings of it have their Chinese in a table beside them.
    Errors,
}

impl Source {
    fn read(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut source = Self { code: bytes.to_vec(), strings: Vec::new() };
        let mut at = 0;
        while at < bytes.len() {
            let end = source.token(text, at);
            if end > at + 1 {
                let is_string = source.strings.last().is_some_and(|(begin, _)| *begin == at);
                source.code[at..end].fill(b' ');
                if is_string {
                    source.code[at] = b'"';
                }
            }
            at = end;
        }
        source
    }

    /// Where the comment, string or character that begins at `at` ends; a string is kept.
    fn token(&mut self, text: &str, at: usize) -> usize {
        let rest = &text.as_bytes()[at..];
        let find = |what: &str, from: usize| {
            let found =
                text.as_bytes()[from..].windows(what.len()).position(|w| w == what.as_bytes());
            found.map_or(text.len(), |found| from + found)
        };
        let in_word = at > 0 && text.as_bytes()[at - 1].is_ascii_alphanumeric();
        if rest.starts_with(b"//") {
            return find("\n", at);
        }
        if rest.starts_with(b"/*") {
            return (find("*/", at) + 2).min(text.len());
        }
        if !in_word && (rest.starts_with(b"r\"") || rest.starts_with(b"r#")) {
            let hashes = rest[1..].iter().take_while(|&&byte| byte == b'#').count();
            if rest.get(1 + hashes) == Some(&b'"') {
                let close = format!("\"{}", "#".repeat(hashes));
                let end = find(&close, at + hashes + 2);
                self.strings.push((at, text[at + hashes + 2..end].to_owned()));
                return end + close.len();
            }
        }
        match rest[0] {
            b'"' => self.quoted(text, at),
            b'\'' if rest.get(1) == Some(&b'\\') => find("'", at + 3) + 1,
            b'\'' => {
                let letter = text[at + 1..].chars().next().map_or(1, char::len_utf8);
                if rest.get(1 + letter) == Some(&b'\'') { at + letter + 2 } else { at + 1 }
            }
            _ => at + 1,
        }
    }

    fn quoted(&mut self, text: &str, at: usize) -> usize {
        let mut said = String::new();
        let mut chars = text[at + 1..].char_indices().peekable();
        while let Some((offset, letter)) = chars.next() {
            match letter {
                '"' => {
                    self.strings.push((at, said));
                    return at + offset + 2;
                }
                '\\' => match chars.next() {
                    Some((_, '\n')) => {
                        while chars.next_if(|(_, letter)| letter.is_whitespace()).is_some() {}
                    }
                    Some((_, 'n')) => said.push('\n'),
                    Some((_, other)) => said.push(other),
                    None => {}
                },
                other => said.push(other),
            }
        }
        text.len()
    }

    /// Where the group that opens at `at` closes.
    fn close(&self, at: usize) -> usize {
        let mut depth = 0_i32;
        for (index, byte) in self.code.iter().enumerate().skip(at) {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return index;
            }
        }
        self.code.len()
    }

    /// The groups around `at`, the innermost first: where each opens.
    fn around(&self, at: usize) -> Vec<usize> {
        let mut depth = 0;
        let mut found = Vec::new();
        for index in (0..at).rev() {
            match self.code[index] {
                b')' | b']' | b'}' => depth += 1,
                b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
                b'(' | b'[' | b'{' => found.push(index),
                _ => {}
            }
            if found.len() == 6 {
                break;
            }
        }
        found
    }

    /// The name right before a group: `bail!`, `reject`.
    fn name(&self, group: usize) -> &str {
        let is_name =
            |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'_' | b'!' | b'#');
        let length = self.code[..group].iter().rev().take_while(is_name).count();
        std::str::from_utf8(&self.code[group - length..group]).unwrap_or("")
    }

    /// Parts that only tests have.
    fn tests(&self) -> Vec<(usize, usize)> {
        let text = String::from_utf8_lossy(&self.code);
        let begins = text.match_indices("#[cfg(test)]").map(|(at, found)| (at, at + found.len()));
        let end = |from: usize| {
            let rest = &self.code[from..];
            let at = from + rest.iter().position(|byte| matches!(byte, b';' | b'{')).unwrap_or(0);
            if self.code[at] == b'{' { self.close(at) } else { at }
        };
        begins.map(|(at, from)| (at, end(from))).collect()
    }

    /// Whether Chinese stands in the group that opens at `group`.
    fn has_chinese(&self, group: usize) -> bool {
        let end = self.close(group);
        let mut inside = self.strings.iter().filter(|(at, _)| (group..end).contains(at));
        inside.any(|(_, said)| is_chinese(said))
    }

    /// Whether the string at `at` has its Chinese beside it.
    fn has_twin(&self, groups: &[usize]) -> bool {
        let mut blocks = 0;
        let is_error = groups.first().is_some_and(|&group| ERRORS.contains(&self.name(group)));
        groups.iter().any(|&group| {
            if self.code[group] != b'{' {
                return blocks == 0 && self.has_chinese(group);
            }
            blocks += 1;
            let before =
                self.code[..group].iter().rposition(|byte| matches!(byte, b';' | b'{' | b'}'));
            let head = String::from_utf8_lossy(&self.code[before.unwrap_or(0)..group]);
            let inside = String::from_utf8_lossy(&self.code[group..self.close(group)]);
            let asks = head.contains("match ") || head.contains("if ");
            let of_language = asks && head.to_lowercase().contains("lang");
            (of_language || (!is_error && blocks == 1 && inside.contains("_zh")))
                && self.has_chinese(group)
        })
    }

    /// Whether somebody is told the string in these groups.
    fn is_told(&self, groups: &[usize], of: Told) -> bool {
        let name = |index: usize| groups.get(index).map_or("", |&group| self.name(group));
        let is_error = ERRORS.contains(&name(0));
        // `#[…]` other than `#[error(…)]`: help, descriptions, names of fields.
        let in_attribute =
            groups.iter().any(|&group| self.code[group] == b'[' && self.name(group) == "#");
        let described = groups.iter().any(|&group| {
            let line = self.code[..group].iter().rposition(|&byte| byte == b'\n').unwrap_or(0);
            String::from_utf8_lossy(&self.code[line..group]).contains("const REFUSALS")
        });
        let is_silent = SILENT.contains(&name(0)) || SILENT.contains(&name(1)) || described;
        !is_silent && (is_error || !(in_attribute || of == Told::Errors))
    }

    /// The sentences of the source, their values as gaps.
    fn sentences(&self, of: Told) -> BTreeSet<String> {
        let tests = self.tests();
        let mut found = BTreeSet::new();
        for (at, said) in &self.strings {
            let in_test = tests.iter().any(|(from, to)| (*from..*to).contains(at));
            if in_test || is_chinese(said) || !has_words(said) {
                continue;
            }
            let groups = self.around(*at);
            if self.is_told(&groups, of) && !self.has_twin(&groups) {
                found.insert(with_gaps(said).trim().to_owned());
            }
        }
        found
    }
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

/// Two words in a row, and neither SQL nor markup nor a media type.
fn has_words(text: &str) -> bool {
    let first = text.trim_start();
    let sql =
        ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE ", "PRAGMA ", "<", "SQLite format"];
    if sql.iter().any(|word| first.starts_with(word)) || text.contains("; charset=") {
        return false;
    }
    let bytes = text.as_bytes();
    (2..bytes.len()).any(|at| {
        let word = &bytes[..at];
        let word = word
            .strip_suffix(b",")
            .or(word.strip_suffix(b";"))
            .or(word.strip_suffix(b":"))
            .unwrap_or(word);
        let letters = word.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        letters > 1 && bytes[at] == b' ' && (next.is_ascii_lowercase() || b"{\"`(".contains(&next))
    })
}

/// `{name:?}` becomes `{}`, `{{` a brace.
fn with_gaps(text: &str) -> String {
    let mut told = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        told.push_str(&rest[..at]);
        let (brace, after) = rest[at..].split_at(1);
        rest = if let Some(after) = after.strip_prefix(brace) {
            told.push_str(brace);
            after
        } else {
            told.push_str("{}");
            after.split_once('}').map_or("", |(_, after)| after)
        };
    }
    told + rest
}

/// English words that stand in `chinese` by themselves: not quoted, not part of a name, not a word that is kept.
fn english_in(chinese: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut quote = None;
    for letter in chinese.chars() {
        match (quote, letter) {
            (None, '`' | '"') => quote = Some(letter),
            (None, '“') => quote = Some('”'),
            (Some(end), _) if letter == end => quote = None,
            (Some(_), _) => {}
            (None, _) => plain.push(letter),
        }
    }
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_.:/=<>[]-".contains(letter);
    let kept: BTreeSet<&str> = KEPT.split_whitespace().collect();
    plain
        .split(|letter| !is_part(letter))
        .filter(|word| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        .filter(|word| !kept.contains(word))
        .map(str::to_owned)
        .collect()
}

fn is_like(sentence: &str, exception: &str) -> bool {
    match exception.strip_suffix('*') {
        Some(begin) => sentence.starts_with(begin),
        None => sentence == exception,
    }
}

fn is_except(sentence: &str) -> bool {
    EXCEPT.iter().any(|(like, _)| is_like(sentence, like)) || RING.contains(&sentence)
}

/// All sentences of the program.
fn sentences() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeSet::new();
    for path in rust_files(&root) {
        let inner =
            path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
        if NOT_TOLD.iter().any(|(file, _)| *file == inner) {
            continue;
        }
        let in_tables = TABLES.iter().any(|folder| inner.starts_with(folder));
        let of = if in_tables { Told::Errors } else { Told::All };
        let text = fs::read_to_string(&path).expect("readable source");
        found.extend(Source::read(&text).sentences(of));
    }
    found
}

#[test]
fn every_sentence_of_the_program_has_its_chinese() {
    let found = sentences();
    assert!(found.len() > SENTENCES_MIN, "only {} sentences are found", found.len());
    let mut lacking = Vec::new();
    for sentence in found.iter().filter(|sentence| !is_except(sentence)) {
        match find_chinese(&sentence.replace("{}", "7")) {
            None => lacking.push(sentence.clone()),
            Some(told) if !english_in(&told).is_empty() => {
                lacking.push(format!("{sentence}\n      is half told: {told}"));
            }
            Some(_) => {}
        }
    }
    assert!(
        lacking.is_empty(),
        "src/import/messages.toml lacks {} of {} sentences:\n  {}",
        lacking.len(),
        found.len(),
        lacking.join("\n  ")
    );
}

#[test]
fn no_exception_is_left_over() {
    let found = sentences();
    for (like, why) in EXCEPT {
        let is_there = found.iter().any(|sentence| is_like(sentence, like));
        assert!(is_there, "{like:?} ({why}) is no sentence of the program any more");
    }
}

#[test]
fn the_scanner_finds_what_it_should() {
    let text = r#"
        // "a comment that says nothing"
        fn f(lang: Lang, n: u8) { bail!("no {n:?} in {{x}} \
            here, 'tis \"gone\""); reject(r"raw text here"); let c = '"';
            pick(lang, "told in two", "两种"); x.expect("nobody is told"); }
        fn g() { match lang { En => { format!("one more twin") } Zh => "中文".into() } }
        #[error("value {0} is bad: {}", .1)] #[doc = "a help text"] struct S;
        #[cfg(test)] mod tests { const A: &str = "only a test"; }
    "#;
    let found = Source::read(text).sentences(Told::All);
    let told: Vec<&str> = found.iter().map(String::as_str).collect();
    let whole = "no {} in {x} here, 'tis \"gone\"";
    assert_eq!(told, [whole, "raw text here", "value {} is bad: {}"]);
    assert_eq!(english_in("不能 use 的 `of the` crs，7.of"), ["use"]);
}

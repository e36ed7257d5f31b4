//! What the command line says about itself, in Chinese: help and common messages, each from one table.
//!
//! The definition of the command line stays one, in English; its sentences are the keys of the table.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::OnceLock;

use clap::{Arg, Command, CommandFactory};

use super::args::{Args, Lang};
use crate::delivery::plan::ProblemKind;
use crate::import::reason::find_chinese;

const HELP: &str = include_str!("zh/help.toml");

/// The language that the words of the command line ask for, else the one of `WALKSHED_LANG`: known before the
/// words are parsed, so that help and refusals are in it too.
pub(super) fn language_of(words: &[OsString]) -> Lang {
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let options = words.iter().take_while(|&&word| word != "--");
    let after = words.windows(2).filter(|pair| pair[0] == "--lang").map(|pair| pair[1]);
    let joined = options.filter_map(|word| word.strip_prefix("--lang="));
    let asked = after.chain(joined).last().map(str::to_owned);
    match asked.or_else(|| std::env::var("WALKSHED_LANG").ok()).as_deref() {
        Some("zh") => Lang::Zh,
        _ => Lang::En,
    }
}

/// The definition of the command line, told in `lang`.
pub(super) fn command(lang: Lang) -> Command {
    let mut command = Args::command();
    if lang == Lang::Zh {
        command.build();
        command = in_chinese(command);
    }
    command
}

/// `message` in `lang`; as it is when the tables do not have it.
pub(super) fn message(lang: Lang, message: &str) -> String {
    match lang {
        Lang::En => message.to_owned(),
        Lang::Zh => find_chinese(message).unwrap_or_else(|| message.to_owned()),
    }
}

/// A refusal of the command line, told in `lang`.
pub(super) fn refusal(lang: Lang, text: &str) -> String {
    if lang == Lang::En {
        return text.to_owned();
    }
    let heads = [
        ("error: ", "错误："),
        ("  tip: ", "  提示："),
        ("Usage: ", "用法："),
        ("  [possible values: ", "  [可选值："),
    ];
    let line = |line: &str| {
        let (zh, rest) = heads
            .iter()
            .find_map(|(en, zh)| Some((*zh, line.strip_prefix(en)?)))
            .unwrap_or(("", line));
        format!("{zh}{}\n", message(lang, rest))
    };
    text.lines().map(line).collect::<Vec<String>>().concat()
}

fn help_table() -> &'static BTreeMap<String, String> {
    static TABLE: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    // A test reads the table; what cannot be read is said in English.
    TABLE.get_or_init(|| {
        let mut table: BTreeMap<String, String> = toml::from_str(HELP).unwrap_or_default();
        let problems = ProblemKind::ALL.map(ProblemKind::words);
        table.extend(problems.map(|(en, zh)| (en.to_owned(), zh.to_owned())));
        table
    })
}

fn help(text: &str) -> String {
    help_table().get(text).cloned().unwrap_or_else(|| text.to_owned())
}

const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

fn in_chinese(command: Command) -> Command {
    let about = command.get_about().map(|text| help(&text.to_string()));
    let long = command.get_long_about().map(|text| help(&text.to_string()));
    let after = command.get_after_help().map(|text| help(&text.to_string()));
    let mut command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading(help("Commands"))
        .mut_args(arg_in_chinese)
        .mut_subcommands(in_chinese);
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(long) = long {
        command = command.long_about(long);
    }
    if let Some(after) = after {
        command = command.after_help(after);
    }
    command
}

fn arg_in_chinese(arg: Arg) -> Arg {
    let heading = match arg.get_help_heading() {
        Some(heading) => help(heading),
        None if arg.is_positional() => help("Arguments"),
        None => help("Options"),
    };
    let mut text = arg.get_help().map(|text| help(&text.to_string())).unwrap_or_default();
    let flag = !arg.get_action().takes_values();
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|value| !flag && !value.is_hide_set())
        .map(|value| match value.get_help() {
            Some(meaning) => format!("{} {}", value.get_name(), help(&meaning.to_string())),
            None => value.get_name().to_owned(),
        })
        .collect();
    if !values.is_empty() {
        text = format!("{text}（{}：{}）", help("Possible values"), values.join("；"));
    }
    let default: Vec<_> = arg.get_default_values().iter().filter_map(|v| v.to_str()).collect();
    if !flag && !default.is_empty() {
        text = format!("{text}（{} {}）", help("default"), default.join(","));
    }
    let long = arg.get_long_help().map(|text| help(&text.to_string()));
    let arg = arg.help(text).help_heading(heading);
    let arg = arg.hide_possible_values(true).hide_default_value(true);
    match long {
        Some(long) => arg.long_help(long),
        None => arg,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The commands of the main job: all of their help is told in Chinese.
    const TOLD: [&str; 10] = [
        "init",
        "check",
        "audit",
        "reach",
        "export",
        "graph",
        "batch",
        "demo",
        "completions",
        "man",
    ];

    /// How much of a command has to be told.
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Asked {
        Title,
        Options,
    }

    fn untold(command: &Command, asked: Asked, lacking: &mut Vec<String>) {
        let known = help_table();
        let mut ask = |text: Option<String>| {
            lacking.extend(text.filter(|text| !text.is_empty() && !known.contains_key(text)));
        };
        ask(command.get_about().map(ToString::to_string));
        ask(command.get_long_about().map(ToString::to_string));
        for arg in
            command.get_arguments().filter(|arg| asked == Asked::Options && !arg.is_hide_set())
        {
            ask(arg.get_help().map(ToString::to_string));
            ask(arg.get_help_heading().map(str::to_owned));
            for value in arg.get_possible_values() {
                ask(value.get_help().map(ToString::to_string));
            }
        }
        for part in command.get_subcommands() {
            untold(part, asked, lacking);
        }
    }

    #[test]
    fn all_help_of_the_main_job_is_told_in_chinese() {
        let mut command = Args::command();
        command.build();
        let mut lacking = Vec::new();
        for part in command.get_subcommands() {
            let whole = TOLD.contains(&part.get_name());
            untold(part, if whole { Asked::Options } else { Asked::Title }, &mut lacking);
        }
        assert!(lacking.is_empty(), "src/cli/zh/help.toml lacks {lacking:#?}");
    }

    #[test]
    fn the_chinese_command_line_is_the_same_command_line() {
        let words =
            ["walkshed", "reach", "s", "--at", "1,2", "--cutoff-min", "5", "--what", "streets"];
        let told = command(Lang::Zh).try_get_matches_from(words).unwrap();
        assert_eq!(told.subcommand_name(), Some("reach"));
        let asked = command(Lang::Zh).try_get_matches_from(["walkshed", "audit", "--help"]);
        let help = asked.unwrap_err().to_string();
        for part in ["用法：", "选项:", "按全部标准评估", "可选值：zh 中文", "显示帮助"]
        {
            assert!(help.contains(part), "{part} in {help}");
        }
        for part in ["Usage:", "Options:", "Possible values"] {
            assert!(!help.contains(part), "{part} in {help}");
        }
    }

    #[test]
    fn the_language_is_that_of_the_words() {
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(language_of(&words("walkshed --lang zh audit s")), Lang::Zh);
        assert_eq!(language_of(&words("walkshed audit s --lang=zh")), Lang::Zh);
        assert_eq!(language_of(&words("walkshed audit s --lang zh --lang en")), Lang::En);
    }

    #[test]
    fn common_messages_are_told_in_chinese_gaps_and_all() {
        let told = |text: &str| message(Lang::Zh, text);
        assert_eq!(told("nothing like it"), "nothing like it");
        assert_eq!(told("cancelled; nothing was written"), "已取消，没有写出任何文件");
        assert_eq!(
            told(
                "a.pbf: the blob at byte 7 is damaged: it declares 9 bytes, the format allows 3; fetch or export the file again"
            ),
            "a.pbf：第 7 字节处的数据块已损坏：它声明有 9 字节，格式只允许 3；请重新下载或导出该文件"
        );
        assert_eq!(
            told(
                "s/study.toml: line 12: streets.osm: there is no file \"a\"; a path counts from the folder of the study"
            ),
            "s/study.toml：第 12 行：streets.osm：没有文件 \"a\"；路径从研究所在的文件夹算起"
        );
        assert_eq!(
            told(
                "a.csv: row 3: a quote opened there is never closed; close it or double quotes inside a value"
            ),
            "a.csv：第 3 行：此处的引号没有闭合；请补上引号，或把值内的引号写成两个"
        );
        assert_eq!(
            told("longitude 999 is outside -180..180; skipped"),
            "经度 999 超出 -180..180；已跳过"
        );
        assert_eq!(told("3 of 7 studies could not be audited"), "7 项研究中有 3 项无法评估");
    }

    #[test]
    fn a_refusal_is_told_in_chinese() {
        let refused =
            command(Lang::Zh).try_get_matches_from(["walkshed", "audit", "s", "--ot", "x"]);
        let text = refusal(Lang::Zh, &refused.unwrap_err().to_string());
        assert!(text.starts_with("错误：不认识的参数“--ot”"), "{text}");
        assert!(text.contains("提示：如要把“--ot”当作值，请写“-- --ot”"), "{text}");
        assert!(text.contains("用 '--help' 查看帮助。"), "{text}");
    }
}

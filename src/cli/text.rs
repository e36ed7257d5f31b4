//! The words of the terminal, in English and Chinese.

use super::args::Lang;

/// A word or sentence the terminal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Column: what is asked.
    Rule,
    /// Column: cutoff.
    Cutoff,
    /// Column: walk profile.
    Profile,
    /// Column: demand group.
    Group,
    /// Column: facilities.
    Facilities,
    /// Column: people.
    People,
    /// Column: share.
    Share,
    /// Column: people left out.
    LeftOut,
    /// Column: what a straight-line circle would have claimed on top.
    CircleLoss,
    /// Column: outcome.
    Outcome,
    /// Unit: minutes.
    Minutes,
    /// Unit: metres.
    Meters,
    /// Heading of the issues.
    Issues,
    /// Issues that are only counted.
    MoreIssues,
    /// Column: mean walk.
    MeanWalk,
    /// Column: what a gap is called.
    Place,
    /// Heading of the worst gaps.
    WorstGaps,
    /// Column: zone.
    Zone,
    /// Column: nearest time.
    Nearest,
    /// Unreachable on foot.
    CutOff,
    /// Numbers are not verified at their source.
    Unverified,
    /// People are estimated.
    EstimatedPeople,
    /// Column: study.
    Study,
    /// Column: broken promises.
    Broken,
    /// Column: promises.
    Promises,
    /// The map is open at.
    OpenAt,
    /// Stop with Ctrl-C.
    StopWith,
    /// Written to.
    WrittenTo,
    /// Column: share in the first of two scenarios.
    Before,
    /// Column: share in the second.
    After,
    /// Column: people covered in the second only.
    Gained,
    /// Column: people covered in the first only.
    Lost,
    /// Begins an error.
    Error,
    /// Begins its cause.
    Because,
    /// Step: reading.
    Reading,
    /// Step: building.
    Building,
    /// Step: linking.
    Linking,
    /// Step: reaching.
    Reaching,
    /// Step: assessing.
    Assessing,
    /// Step: writing.
    Writing,
    /// Row: streets.
    Streets,
    /// Row: facilities.
    Services,
    /// Row: people.
    Inhabitants,
    /// Row: zones.
    Zones,
    /// Row: profiles.
    Profiles,
    /// Row: standards.
    Standards,
    /// Length, edges, nodes and islands.
    StreetCounts,
    /// People at how many points.
    PeopleCounts,
    /// Rows of a table.
    Rows,
    /// Columns that are used.
    Taken,
    /// Columns that are not used.
    NotTaken,
    /// What has to be filled in.
    FillIn,
    /// A line of a file.
    Line,
    /// A file was written.
    Wrote,
    /// What to do next.
    Next,
}

/// What is said of how something came out, and of what that rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Column: people without street data.
    NoStreet,
    /// Column: the share that the outcome rests on.
    JudgedShare,
    /// Column: the share that is asked for.
    PassShare,
    /// Column: metres of street, where they stand in for people.
    MetersOfStreet,
    /// Heading of what is recorded.
    Recorded,
    /// Outcome: benchmark.
    Benchmark,
    /// Outcome: pass.
    Pass,
    /// Outcome: fail.
    Fail,
    /// Outcome: asks for no share.
    CountedOnly,
    /// Outcome: numbers not verified.
    NotVerified,
    /// Outcome: no place recorded.
    NotRecorded,
    /// Outcome: nobody to assess.
    NotAssessable,
    /// Rules in all, with a verdict, met, and without a verdict.
    Tallied,
    /// No open place is there.
    NoneOpen,
    /// Who has everything cannot be said.
    CompleteUnknown,
    /// Mean walk of complete homes.
    CompleteMean,
    /// Column: promises without a verdict.
    WithoutVerdict,
    /// Column: what is counted.
    Counted,
    /// Complete homes of a composite.
    Complete,
}

/// `word` in `lang`.
pub(super) fn said(lang: Lang, word: Said) -> &'static str {
    let (en, zh) = both_said(word);
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

const fn both_said(word: Said) -> (&'static str, &'static str) {
    match word {
        Said::NoStreet => ("no street data", "无道路数据"),
        Said::JudgedShare => ("judged by", "判定占比"),
        Said::PassShare => ("asked", "达标值"),
        Said::MetersOfStreet => ("m of street", "街道长度（米）"),
        Said::Recorded => ("what is recorded", "数据完整程度"),
        Said::Benchmark => ("benchmark", "标杆"),
        Said::Pass => ("pass", "达标"),
        Said::Fail => ("FAIL", "未达标"),
        Said::CountedOnly => ("counted only", "仅统计"),
        Said::NotVerified => ("not verified", "待核对"),
        Said::NotRecorded => ("not recorded", "资料缺失"),
        Said::NotAssessable => ("nobody", "无法评估"),
        Said::Tallied => (
            "{} rules: {} with a verdict, {} of them met; without: {} not recorded, {} not verified (†), {} counted only, {} for nobody",
            "共{}项指标：有结论{}项，其中达标{}项；不作结论：资料缺失{}项、待核对（†）{}项、仅统计{}项、无法评估{}项",
        ),
        Said::NoneOpen => ("none open", "没有在用设施"),
        Said::CompleteUnknown => {
            ("not known, no place is recorded for", "无法判断，以下指标没有设施资料：")
        }
        Said::CompleteMean => ("mean walk to the farthest", "到最远一项平均步行"),
        Said::WithoutVerdict => ("no verdict", "不作结论"),
        Said::Counted => ("counted in", "统计对象"),
        Said::Complete => ("complete homes", "功能齐全"),
    }
}

/// `word` in `lang`.
pub(super) fn say(lang: Lang, word: Word) -> &'static str {
    let (en, zh) = both(word);
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// Where people stand when places are counted: with one, in reach of full facilities, in reach of facilities that do
/// not say how many they have, beyond the cutoff.
pub(super) const fn place_words(lang: Lang) -> [&'static str; 4] {
    match lang {
        Lang::En => ["with a place", "in reach but full", "places not known", "out of reach"],
        Lang::Zh => ["有位可用", "可达但已满", "可达但容量不明", "不可达"],
    }
}

fn both(word: Word) -> (&'static str, &'static str) {
    match word {
        Word::Rule => ("promise", "要求"),
        Word::Cutoff => ("within", "限值"),
        Word::Profile => ("on foot as", "步行者"),
        Word::Group => ("for", "人群"),
        Word::Facilities => ("sites", "设施"),
        Word::People => ("people", "人数"),
        Word::Share => ("within", "覆盖率"),
        Word::LeftOut => ("left out", "未覆盖"),
        Word::CircleLoss => ("circle claims", "直线圈虚增"),
        Word::Outcome => ("outcome", "结论"),
        Word::Minutes => ("min", "分钟"),
        Word::Meters => ("m", "米"),
        Word::Issues => ("noticed in the inputs", "输入数据提示"),
        Word::MoreIssues => {
            ("more; `walkshed check --json` lists them", "其余；`walkshed check --json` 列出明细")
        }
        Word::WorstGaps => ("worst coverage gaps", "最大的覆盖盲区"),
        Word::MeanWalk => ("mean walk", "平均步行"),
        Word::Place => ("place", "地点"),
        Word::Zone => ("zone", "片区"),
        Word::Nearest => ("best home", "最近居住点"),
        Word::CutOff => ("cut off", "无法步行到达"),
        Word::Unverified => (
            "† number not verified at its source: no verdict unless the study takes it (`accept_unverified`)",
            "† 数值待核对原文：项目未以 `accept_unverified` 认可的，不作结论",
        ),
        Word::EstimatedPeople => ("people are estimated from floor area", "人口按建筑面积估算"),
        Word::Study => ("study", "研究区"),
        Word::Broken => ("broken", "未达标"),
        Word::Promises => ("promises", "要求"),
        Word::OpenAt => ("the map is open at", "地图已打开："),
        Word::StopWith => ("stop with Ctrl-C", "按 Ctrl-C 停止"),
        Word::WrittenTo => ("written to", "已写入"),
        Word::Before => ("before", "之前"),
        Word::After => ("after", "之后"),
        Word::Gained => ("gained", "新增覆盖"),
        Word::Lost => ("lost", "失去覆盖"),
        Word::Error => ("error: ", "错误："),
        Word::Because => ("  because: ", "  原因："),
        Word::Reading => ("reading inputs", "读取数据"),
        Word::Building => ("building the street graph", "建立街道网络"),
        Word::Linking => ("snapping to streets", "接入街道"),
        Word::Reaching => ("walking times", "计算步行时间"),
        Word::Assessing => ("assessing standards", "按标准评估"),
        Word::Writing => ("writing results", "写出结果"),
        Word::Streets => ("streets", "街道"),
        Word::Services => ("facilities", "设施"),
        Word::Inhabitants => ("people", "人口"),
        Word::Zones => ("zones", "片区"),
        Word::Profiles => ("profiles", "步行者"),
        Word::Standards => ("standards", "标准"),
        Word::StreetCounts => {
            ("{} km, {} edges, {} nodes, {} islands", "{} 公里，{} 条边，{} 个节点，{} 处孤立路网")
        }
        Word::PeopleCounts => ("{} at {} points", "{}，分布于 {} 个点"),
        Word::Rows => ("rows", "行"),
        Word::Taken => ("columns", "采用的列"),
        Word::NotTaken => ("not used", "未采用的列"),
        Word::FillIn => ("to be filled in", "需要填写"),
        Word::Line => ("line", "行"),
        Word::Wrote => ("wrote", "已写入"),
        Word::Next => ("next", "下一步"),
    }
}

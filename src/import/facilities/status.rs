//! Open, planned or closed: what tables call it.

use crate::facility::FacilityStatus;

/// Words that are a status by themselves.
const WORDS: [(FacilityStatus, &str); 3] = [
    (
        FacilityStatus::Open,
        "open opened active running operational operating existing completed built yes true 1 在营 在业 在用 正常 现状 \
         现有 已建 有效 存续",
    ),
    (
        FacilityStatus::Planned,
        "planned proposed plan construction designed future 在建 续建 新建 扩建 改建 储备 立项 选址",
    ),
    (
        FacilityStatus::Closed,
        "closed shut inactive abandoned disused demolished no false 0 无效 吊销",
    ),
];
/// What Chinese words for a status hold, looked for in this order: 未运营 holds 运营, and 暂停营业 holds 营业.
const PARTS: [(FacilityStatus, &str); 3] = [
    (
        FacilityStatus::Closed,
        "停 关闭 关停 已关 歇业 撤销 撤并 注销 拆除 已拆 闲置 废弃 取消 迁出 倒闭 终止",
    ),
    (
        FacilityStatus::Planned,
        "规划 拟 筹 待 未 即将 计划 建设中 在建 施工 设计 预计 远期 近期 装修",
    ),
    (
        FacilityStatus::Open,
        "建成 运营 营业 运行 开放 开业 开园 开办 使用 启用 投用 竣工 在营 在用 交付 正常 现状",
    ),
];

/// The status that a Chinese or English word stands for.
pub(super) fn status_of(text: &str) -> Option<FacilityStatus> {
    let word = text.trim().to_lowercase();
    let spaced = word.replace(['_', '-'], " ");
    let is = |words: &str| words.split_whitespace().any(|known| known == word);
    if let Some((status, _)) = WORDS.iter().find(|(_, words)| is(words)) {
        return Some(*status);
    }
    let english = [
        ("under construction", FacilityStatus::Planned),
        ("temporarily closed", FacilityStatus::Closed),
        ("permanently closed", FacilityStatus::Closed),
        ("in operation", FacilityStatus::Open),
    ];
    if let Some((_, status)) = english.iter().find(|(known, _)| *known == spaced) {
        return Some(*status);
    }
    let holds = |parts: &str| parts.split_whitespace().any(|part| word.contains(part));
    PARTS.iter().find(|(_, parts)| holds(parts)).map(|(status, _)| *status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_bureaus_for_a_status_are_known() {
        use FacilityStatus::{Closed, Open, Planned};
        for (status, words) in [
            (
                Open,
                "建成 已建成 试运营 运营中 已投入使用 正常营业 在营 open 已启用 现状 建成投用 开放",
            ),
            (
                Planned,
                "在建 规划 规划中 未建成 未运营 拟建 筹建中 待开业 建设中 即将开放 planned Under_Construction",
            ),
            (Closed, "停用 已停用 暂停营业 停办 关闭 已关闭 歇业 已拆除 注销 闲置 closed"),
        ] {
            for word in words.split_whitespace() {
                assert_eq!(status_of(word), Some(status), "{word}");
            }
        }
        for word in ["一级", "公办", "perhaps", ""] {
            assert_eq!(status_of(word), None, "{word}");
        }
    }
}

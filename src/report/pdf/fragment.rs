//! Pieces of a page that have a height and can be stacked.

use super::figure::TextLook;
use super::markup::Element;
use super::style::Color;

/// Something drawn, measured from the upper left corner of its fragment, downwards, in points.
#[derive(Clone, Debug)]
pub(super) enum Op {
    /// A text with its line at `at`.
    Text { at: (f32, f32), text: String, look: TextLook },
    /// A filled box: left, top, width, height.
    Box { at: [f32; 4], color: Color },
    /// A drawing, scaled.
    Figure { at: (f32, f32), scale: f32, svg: Element },
    /// The number of the page where something is, its right edge at `at`.
    PageOf { at: (f32, f32), id: String, look: TextLook },
}

/// A piece of a page.
#[derive(Clone, Debug, Default)]
pub(super) struct Fragment {
    /// Space above it, unless it begins a page.
    pub(super) above: f32,
    /// Its height.
    pub(super) height: f32,
    /// What is drawn.
    pub(super) ops: Vec<Op>,
    /// Whether it begins a page.
    pub(super) begins_page: bool,
    /// How many of the fragments after it belong on the same page.
    pub(super) keeps: usize,
    /// Names by which other places refer to it.
    pub(super) ids: Vec<String>,
    /// Level and text of the heading it is, from 1.
    pub(super) heading: Option<(u8, String)>,
    /// The header repeated above it when it begins a page.
    pub(super) header: Option<std::rc::Rc<Self>>,
}

impl Fragment {
    /// Nothing, of some height.
    pub(super) fn blank(height: f32) -> Self {
        Self { height, ..Self::default() }
    }

    /// Adds a text, if there is one.
    pub(super) fn push_run(&mut self, run: Option<(f32, String, TextLook)>, base: f32) {
        if let Some((x, text, look)) = run {
            self.ops.push(Op::Text { at: (x, base), text, look });
        }
    }

    /// Moves everything in it.
    pub(super) fn moved(mut self, right: f32, down: f32) -> Self {
        for op in &mut self.ops {
            match op {
                Op::Text { at, .. } | Op::Figure { at, .. } | Op::PageOf { at, .. } => {
                    *at = (at.0 + right, at.1 + down);
                }
                Op::Box { at, .. } => *at = [at[0] + right, at[1] + down, at[2], at[3]],
            }
        }
        self
    }

    /// Puts another over it, at an offset.
    pub(super) fn overlay(&mut self, other: Self, (right, down): (f32, f32)) {
        self.height = self.height.max(down + other.height);
        let moved = other.moved(right, down);
        self.ops.extend(moved.ops);
        self.ids.extend(moved.ids);
    }
}

/// All of `fragments` as one, the space between them kept.
pub(super) fn stacked(fragments: Vec<Fragment>) -> Fragment {
    let mut whole = Fragment::default();
    for (index, fragment) in fragments.into_iter().enumerate() {
        if index == 0 {
            whole.above = fragment.above;
            whole.heading.clone_from(&fragment.heading);
            whole.begins_page = fragment.begins_page;
        } else {
            whole.height += fragment.above;
        }
        let down = whole.height;
        whole.overlay(fragment, (0.0, down));
    }
    whole
}

/// The height of all of `fragments` in a stack, without the space above the first.
pub(super) fn height_of(fragments: &[Fragment]) -> f32 {
    let above: f32 = fragments.iter().skip(1).map(|fragment| fragment.above).sum();
    above + fragments.iter().map(|fragment| fragment.height).sum::<f32>()
}

/// Moves all of `fragments` to the right.
pub(super) fn indented(fragments: Vec<Fragment>, right: f32) -> Vec<Fragment> {
    fragments.into_iter().map(|fragment| fragment.moved(right, 0.0)).collect()
}

/// Marks `fragments` as belonging on one page.
pub(super) fn kept_together(mut fragments: Vec<Fragment>) -> Vec<Fragment> {
    let count = fragments.len();
    for (index, fragment) in fragments.iter_mut().enumerate() {
        fragment.keeps = fragment.keeps.max(count - 1 - index);
    }
    fragments
}

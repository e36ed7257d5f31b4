//! A page of ours as a tree: elements and texts, entities resolved.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::PdfError;

/// Elements without an end tag.
const VOID: [&str; 2] = ["meta", "br"];

/// A part of the page.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// An element.
    Element(Element),
    /// Text, as it is read.
    Text(String),
}

/// An element.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Element {
    /// Its tag.
    pub(super) tag: String,
    attributes: Vec<(String, String)>,
    /// What is in it.
    pub(super) children: Vec<Node>,
}

impl Element {
    /// An attribute; empty when it is not there.
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// An attribute that is a number.
    pub(super) fn number(&self, name: &str) -> f32 {
        self.attribute(name).parse().unwrap_or(0.0)
    }

    /// Its classes.
    pub(super) fn classes(&self) -> impl Iterator<Item = &str> {
        self.attribute("class").split_ascii_whitespace()
    }

    /// Whether it is of a class.
    pub(super) fn is(&self, class: &str) -> bool {
        self.classes().any(|found| found == class)
    }

    /// The elements right in it.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first element with this tag anywhere in it.
    pub(super) fn find(&self, tag: &str) -> Option<&Self> {
        self.elements()
            .find_map(|inner| if inner.tag == tag { Some(inner) } else { inner.find(tag) })
    }

    /// The text right in it, as it is written.
    pub(super) fn raw_text(&self) -> String {
        let texts = self.children.iter().filter_map(|node| match node {
            Node::Element(_) => None,
            Node::Text(text) => Some(text.as_str()),
        });
        texts.collect()
    }

    /// All text in it, as it is read.
    pub(super) fn text(&self) -> String {
        let parts = self.children.iter().map(|node| match node {
            Node::Element(element) => element.text(),
            Node::Text(text) => text.clone(),
        });
        parts.collect::<Vec<_>>().concat().split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Reads a page.
pub(super) fn parse(page: &str) -> Result<Element, PdfError> {
    let mut reader = Reader::from_str(page);
    reader.config_mut().check_end_names = false;
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().map_err(|error| PdfError::Page(error.to_string()))? {
            Event::Eof => break,
            Event::Start(start) => {
                let element = element_of(&start);
                if VOID.contains(&element.tag.as_str()) {
                    push(&mut open, Node::Element(element));
                } else {
                    open.push(element);
                }
            }
            Event::Empty(start) => push(&mut open, Node::Element(element_of(&start))),
            Event::End(_) => close(&mut open),
            Event::Text(text) => push_text(&mut open, &String::from_utf8_lossy(&text)),
            Event::GeneralRef(name) => {
                let resolved = match name.resolve_char_ref() {
                    Ok(Some(letter)) => letter.to_string(),
                    _ => resolve(&String::from_utf8_lossy(&name)).to_owned(),
                };
                push_text(&mut open, &resolved);
            }
            _ => {}
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().ok_or_else(|| PdfError::Page("it is empty".to_owned()))
}

fn element_of(start: &BytesStart) -> Element {
    let mut attributes = start.html_attributes();
    let attributes = attributes.with_checks(false).flatten().map(|attribute| {
        let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        let value = attribute.unescape_value().unwrap_or_default().into_owned();
        (key, value)
    });
    Element {
        tag: String::from_utf8_lossy(start.name().as_ref()).into_owned(),
        attributes: attributes.collect(),
        children: Vec::new(),
    }
}

fn resolve(name: &str) -> &'static str {
    match name {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => "\u{a0}",
        _ => "",
    }
}

fn push(open: &mut [Element], node: Node) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(node);
    }
}

fn push_text(open: &mut [Element], text: &str) {
    let Some(parent) = open.last_mut() else { return };
    match parent.children.last_mut() {
        Some(Node::Text(before)) => before.push_str(text),
        _ => parent.children.push(Node::Text(text.to_owned())),
    }
}

fn close(open: &mut Vec<Element>) {
    if open.len() > 1
        && let Some(element) = open.pop()
    {
        push(open, Node::Element(element));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_voids_and_classes_are_read() {
        let page = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body>\
            <p class=\"a b\" id=\"x\">1 &lt; 2 &amp; &#x27;q&#x27;<br>next</p></body></html>";
        let tree = parse(page).unwrap();
        let p = tree.find("p").unwrap();
        assert!(p.is("b") && !p.is("c") && p.attribute("id") == "x");
        assert_eq!(p.children.len(), 3);
        assert_eq!(p.children[0], Node::Text("1 < 2 & 'q'".to_owned()));
        assert_eq!(tree.find("body").unwrap().text(), "1 < 2 & 'q'next");
    }
}

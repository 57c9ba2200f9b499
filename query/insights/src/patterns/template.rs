//! From skeletons to templates: skeletons of the same shape that differ in few words become one, in which those words are
//! tokens.
//!
//! The shape is all but the words. Skeletons are taken the most frequent first; each joins the template of its shape with
//! which it shares most words, if those are at least [`SHARED_MIN`] of all. Words that tell the severity never become
//! tokens. After Drain, but with all skeletons at hand, so that the order of texts does not matter.

use std::collections::{BTreeMap, HashMap};

use super::Patterns;
use super::severity::{self, Severity};
use super::token::{Token, Type};

/// The share of words that must be the same.
const SHARED_MIN: f64 = 0.7;

/// Skeletons with the words in which they differ as tokens, and how often they are in each of the sets.
#[derive(Debug, Clone)]
pub(super) struct Template {
    tokens: Vec<Token>,
    pub(super) counts: Vec<u64>,
}

/// The templates of all sets together.
pub(super) fn of(sets: &[&Patterns]) -> Vec<Template> {
    let mut counted: BTreeMap<&Vec<Token>, Vec<u64>> = BTreeMap::new();
    for (index, set) in sets.iter().enumerate() {
        for (skeleton, count) in &set.counts {
            counted.entry(skeleton).or_insert_with(|| vec![0; sets.len()])[index] = *count;
        }
    }
    let mut sorted: Vec<(&Vec<Token>, Vec<u64>)> = counted.into_iter().collect();
    sorted.sort_by_key(|(_, counts)| {
        std::cmp::Reverse(counts.iter().fold(0, |sum: u64, count| sum.saturating_add(*count)))
    });
    let mut by_shape: HashMap<Vec<Token>, Vec<usize>> = HashMap::new();
    let mut templates: Vec<Template> = Vec::new();
    for (skeleton, counts) in sorted {
        let of_shape = by_shape.entry(shape(skeleton)).or_default();
        // Of equals `max_by` takes the last; from behind that is the first.
        let best = of_shape
            .iter()
            .rev()
            .filter_map(|at| shared(&templates[*at].tokens, skeleton).map(|share| (share, *at)))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match best {
            Some((_, at)) => templates[at].join(skeleton, &counts),
            None => {
                of_shape.push(templates.len());
                templates.push(Template { tokens: skeleton.clone(), counts });
            }
        }
    }
    templates
}

impl Template {
    /// The text, with the values numbered from 1.
    pub(super) fn text(&self) -> String {
        let mut number = 0;
        let mut text = String::new();
        for token in &self.tokens {
            match token {
                Token::Separator(part) | Token::Word(part) => text.push_str(part),
                Token::Value(of_type) => {
                    number += 1;
                    text.push_str(&format!("<{}-{number}>", of_type.name()));
                }
            }
        }
        text
    }

    pub(super) fn severity(&self) -> Severity {
        let words = self.tokens.iter().filter_map(|token| match token {
            Token::Word(word) => Some(word.as_str()),
            _ => None,
        });
        severity::of_words(words)
    }

    fn join(&mut self, skeleton: &[Token], counts: &[u64]) {
        for (token, other) in self.tokens.iter_mut().zip(skeleton) {
            if token != other {
                *token = Token::Value(Type::Token);
            }
        }
        self.counts.iter_mut().zip(counts).for_each(|(count, more)| *count = count.saturating_add(*more));
    }
}

/// All but the words.
fn shape(skeleton: &[Token]) -> Vec<Token> {
    let without_word = |token: &Token| match token {
        Token::Word(_) => Token::Value(Type::Token),
        other => other.clone(),
    };
    skeleton.iter().map(without_word).collect()
}

/// The share of words that are the same; `None` where it is too small, or a word of severity differs.
fn shared(template: &[Token], skeleton: &[Token]) -> Option<f64> {
    let (mut words, mut same) = (0_u32, 0_u32);
    for (token, other) in template.iter().zip(skeleton) {
        let Token::Word(word) = other else { continue };
        words += 1;
        match token {
            Token::Word(known) if known == word => same += 1,
            Token::Word(known) if severity::of_word(known).is_some() => return None,
            _ if severity::of_word(word).is_some() => return None,
            _ => {}
        }
    }
    let share = if words == 0 { 1.0 } else { f64::from(same) / f64::from(words) };
    (share >= SHARED_MIN).then_some(share)
}

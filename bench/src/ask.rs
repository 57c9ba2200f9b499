//! Asks questions of the API, times the answers and checks each of them.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::times::Times;

/// How long an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(120);

/// So many questions of a kind are asked before the clock counts, so that what is measured is a server at work.
const UNTIMED: usize = 10;

type Check = Box<dyn Fn(&Value) -> Result<(), String> + Send + Sync>;

/// A question and what its answer must be.
pub(crate) struct Question {
    path: String,
    /// Posted; without one the path is got.
    body: Option<Value>,
    check: Check,
}

impl Question {
    pub(crate) fn get(path: String, check: impl Fn(&Value) -> Result<(), String> + Send + Sync + 'static) -> Self {
        Self { path, body: None, check: Box::new(check) }
    }

    pub(crate) fn post(
        path: &str,
        body: Value,
        check: impl Fn(&Value) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self { path: path.to_owned(), body: Some(body), check: Box::new(check) }
    }
}

/// Questions of one kind: a row of the table.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) questions: Vec<Question>,
    /// How often one of them is asked, each in its turn.
    pub(crate) times: usize,
}

/// Asks the API at an address over one kept connection.
pub(crate) struct Asker {
    client: reqwest::Client,
    http: String,
}

impl Asker {
    pub(crate) fn new(http: &str) -> Result<Self, String> {
        let client = reqwest::Client::builder().timeout(ANSWER_MAX).build().map_err(|error| error.to_string())?;
        Ok(Self { client, http: http.to_owned() })
    }

    /// Asks a few questions of a kind untimed, then as many as it says, spread over all of them. Every answer is checked.
    pub(crate) async fn ask_all(&self, kind: &Kind) -> Result<Times, String> {
        let count = kind.questions.len();
        if count == 0 {
            return Err(format!("{}: the load is too small to ask that", kind.name));
        }
        // With more questions than turns they are skipped evenly, with fewer they come round again.
        let place = |turn: usize| if count > kind.times { turn * count / kind.times } else { turn % count };
        for turn in 0..kind.times.min(UNTIMED) {
            self.ask(&kind.questions[place(turn)]).await?;
        }
        let mut times = Vec::with_capacity(kind.times);
        for turn in 0..kind.times {
            times.push(self.ask(&kind.questions[place(turn)]).await?);
        }
        Ok(Times::new(times))
    }

    /// How long the whole answer took.
    pub(crate) async fn ask(&self, question: &Question) -> Result<Duration, String> {
        let shown = || match &question.body {
            None => format!("GET {}", question.path),
            Some(body) => format!("POST {} {body}", question.path),
        };
        let url = format!("{}{}", self.http, question.path);
        let request = match &question.body {
            None => self.client.get(url),
            Some(body) => self.client.post(url).json(body),
        };
        let begun = Instant::now();
        let response = request.send().await.map_err(|error| format!("{}: {error:?}", shown()))?;
        let status = response.status();
        let answer = response.bytes().await.map_err(|error| format!("{}: {error:?}", shown()))?;
        let took = begun.elapsed();
        if !status.is_success() {
            return Err(format!("{}: {status}: {}", shown(), String::from_utf8_lossy(&answer)));
        }
        let answer: Value = serde_json::from_slice(&answer).map_err(|error| format!("{}: {error}", shown()))?;
        (question.check)(&answer).map_err(|wrong| format!("a wrong answer to {}: {wrong}", shown()))?;
        Ok(took)
    }
}

//! Students with browsers (`login.mjs`): one after the other, or a crowd that keeps coming.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    HERE,
    gateway::{Gateway, REDIRECT_URI},
};

/// A browser for one after the other.
pub(crate) struct Students {
    child: Child,
    /// `None` once they are to go.
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Students {
    pub(crate) fn arrive(gateway: &Gateway) -> Self {
        let mut command = Command::new("node");
        command
            .arg(format!("{HERE}/login.mjs"))
            .env("ISSUER_URL", &gateway.public_url)
            .env("CLIENT_ID", "shop")
            .env("CLIENT_SECRET", &gateway.secret)
            .env("REDIRECT_URI", REDIRECT_URI)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().expect("node runs (`tests/run saml` installs what it needs)");
        let questions = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let mut students = Self { child, questions, answers };
        assert_eq!(students.line(), "ready", "the browser starts");
        students
    }

    /// One of them logs in: what came of it.
    pub(crate) fn log_in(&mut self, login: &Value) -> Value {
        let questions = self.questions.as_mut().expect("they are there");
        writeln!(questions, "{login}").and_then(|()| questions.flush()).expect("the browser listens");
        serde_json::from_str(&self.line()).expect("a line of JSON")
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the browser says something");
        line.trim_end().to_owned()
    }
}

impl Drop for Students {
    fn drop(&mut self) {
        drop(self.questions.take());
        drop(self.child.wait());
    }
}

/// Students who keep coming, each as soon as the one before has a ticket.
pub(crate) struct Crowd {
    is_over: Arc<AtomicBool>,
    count: Arc<AtomicUsize>,
    thread: JoinHandle<Vec<Value>>,
}

impl Crowd {
    /// After each change this many logins have to go well: the first may have begun before it.
    pub(crate) const MORE: usize = 3;

    pub(crate) fn gather(gateway: &Gateway, login: Value) -> Self {
        let (is_over, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut students = Students::arrive(gateway);
        let thread = thread::spawn({
            let (is_over, count) = (is_over.clone(), count.clone());
            move || {
                let mut outcomes = Vec::new();
                while !is_over.load(Ordering::SeqCst) {
                    outcomes.push(students.log_in(&login));
                    count.fetch_add(1, Ordering::SeqCst);
                }
                outcomes
            }
        });
        Self { is_over, count, thread }
    }

    pub(crate) fn wait_for_more(&self, what: &str) {
        let (before, began) = (self.count.load(Ordering::SeqCst), Instant::now());
        while self.count.load(Ordering::SeqCst) < before + Self::MORE {
            assert!(began.elapsed() < Duration::from_mins(2), "nobody comes through any more: {what}");
            assert!(!self.thread.is_finished(), "the crowd has gone: {what}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// What came of each.
    pub(crate) fn go_home(self) -> Vec<Value> {
        self.is_over.store(true, Ordering::SeqCst);
        self.thread.join().expect("the crowd does not panic")
    }
}

//! `/metrics`: universities' remote sources, in the text format that Prometheus and its like read. On a listener of its own,
//! so that nobody reaches it through the public address. Holds names of universities, counts and times; nothing about people.

use std::fmt::Write;

use axum::{
    Router,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{
    flow::Pedell,
    peers::source::{
        Sources,
        figures::{BUCKETS_SECONDS, Counts},
    },
};

/// The service. Serve it where the monitoring system reaches it and nobody else does.
pub fn metrics_router(pedell: Pedell) -> Router {
    Router::new().route("/metrics", get(show)).with_state(pedell)
}

async fn show(State(pedell): State<Pedell>) -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text(pedell.sources())).into_response()
}

/// One line for each figure; a family's lines stand together, as the format wants it.
fn text(sources: &Sources) -> String {
    let each: Vec<_> =
        sources.each().into_iter().map(|(name, figures, resting)| (name, figures.read(), resting.is_some())).collect();
    let mut out = String::new();
    family(&mut out, "pedell_source_questions_total", "counter", "Questions to a university's source, by outcome.");
    for (university, counts, _) in &each {
        for (outcome, count) in &counts.questions {
            let _ = writeln!(
                out,
                "pedell_source_questions_total{{university=\"{university}\",outcome=\"{outcome}\"}} {count}"
            );
        }
    }
    let name = "pedell_source_question_seconds";
    family(&mut out, name, "histogram", "How long a question took, attempts and waiting for a place included.");
    for (university, counts, _) in &each {
        histogram(&mut out, name, university, counts);
    }
    let mut simple = |name: &str, kind: &str, help: &str, value: fn(&Counts, bool) -> u64| {
        family(&mut out, name, kind, help);
        for (university, counts, resting) in &each {
            let _ = writeln!(out, "{name}{{university=\"{university}\"}} {}", value(counts, *resting));
        }
    };
    let remembered = "Answers that were remembered, so that nobody was asked.";
    simple("pedell_source_remembered_total", "counter", remembered, |counts, _| counts.remembered);
    let fallen_back = "Answers from the imported list, because the source could not be asked.";
    simple("pedell_source_fallen_back_total", "counter", fallen_back, |counts, _| counts.fallen_back);
    let resting = "Whether the source failed and is left alone.";
    simple("pedell_source_resting", "gauge", resting, |_, resting| u64::from(resting));
    out
}

fn family(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn histogram(out: &mut String, name: &str, university: &str, counts: &Counts) {
    let mut so_far = 0;
    for (bound, count) in BUCKETS_SECONDS.iter().zip(counts.buckets) {
        so_far += count;
        let _ = writeln!(out, "{name}_bucket{{university=\"{university}\",le=\"{bound}\"}} {so_far}");
    }
    let all: u64 = counts.buckets.iter().sum();
    let _ = writeln!(out, "{name}_bucket{{university=\"{university}\",le=\"+Inf\"}} {all}");
    let _ = writeln!(out, "{name}_sum{{university=\"{university}\"}} {}", counts.seconds);
    let _ = writeln!(out, "{name}_count{{university=\"{university}\"}} {all}");
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::base::{Clock, Random};

    #[test]
    fn figures_are_written_as_monitoring_systems_read_them() {
        let sources = Sources::new(Clock::default(), Random::seeded(1));
        let source = sources.source("uni-beispielstadt", 1);
        source.figures().count("answered", Duration::from_millis(20));
        source.figures().count("source_timed_out", Duration::from_secs(20));
        source.figures().fell_back();
        let text = text(&sources);
        for line in [
            "# TYPE pedell_source_questions_total counter",
            "pedell_source_questions_total{university=\"uni-beispielstadt\",outcome=\"answered\"} 1",
            "pedell_source_questions_total{university=\"uni-beispielstadt\",outcome=\"source_timed_out\"} 1",
            "pedell_source_question_seconds_bucket{university=\"uni-beispielstadt\",le=\"0.01\"} 0",
            "pedell_source_question_seconds_bucket{university=\"uni-beispielstadt\",le=\"0.025\"} 1",
            "pedell_source_question_seconds_bucket{university=\"uni-beispielstadt\",le=\"8\"} 1",
            "pedell_source_question_seconds_bucket{university=\"uni-beispielstadt\",le=\"+Inf\"} 2",
            "pedell_source_question_seconds_count{university=\"uni-beispielstadt\"} 2",
            "pedell_source_remembered_total{university=\"uni-beispielstadt\"} 0",
            "pedell_source_fallen_back_total{university=\"uni-beispielstadt\"} 1",
            "pedell_source_resting{university=\"uni-beispielstadt\"} 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
    }
}

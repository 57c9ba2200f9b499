//! Prints how long a dashboard's typical queries take over series in memory: `cargo run -p promql --example speed`.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use promql::{Labels, Limits, Query, Request, Series, evaluate};

const SERIES: usize = 10_000;
const SCRAPE_MS: i64 = 15_000;
const RANGE_MS: i64 = 6 * 3_600_000;
const STEP_MS: i64 = 60_000;
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let lookback_ms = 3_600_000;
    let start_ms = 1_700_000_000_000;
    let series = counters(start_ms - lookback_ms, start_ms + RANGE_MS);
    let samples: usize = series.iter().map(|series| series.floats.len()).sum();
    println!("{SERIES} series, {samples} samples, {} steps", RANGE_MS / STEP_MS + 1);
    let request = Request::range(start_ms, start_ms + RANGE_MS, STEP_MS);
    for text in [
        "sum by (service) (rate(x_total[5m]))",
        "sum by (service) (x_total)",
        "histogram_quantile(0.9, sum by (le) (rate(x_total[5m])))",
        "topk(5, rate(x_total[5m]))",
        "rate(x_total[5m]) / on (instance, service, le) rate(x_total[5m])",
        "sum by (service) (max_over_time(x_total[5m]))",
        "sum by (service) (sum_over_time(x_total[1h]))",
    ] {
        let query = Query::parse(text)?;
        let lists: Vec<Vec<Series>> = query.selections(&request)?.iter().map(|_| series.clone()).collect();
        let mut best = Duration::MAX;
        let mut results = 0;
        for _ in 0..ROUNDS {
            let begin = Instant::now();
            let answer = evaluate(&query, &request, &lists, &Limits::default(), &|| false)?;
            best = best.min(begin.elapsed());
            if let promql::Value::Matrix(matrix) = answer.value {
                results = matrix.len();
            }
        }
        println!("{:>7.1} ms  {text}  ({results} series)", best.as_secs_f64() * 1000.0);
    }
    Ok(())
}

fn counters(from_ms: i64, to_ms: i64) -> Vec<Series> {
    let services: Vec<Arc<str>> = (0..50).map(|at| format!("service-{at}").into()).collect();
    let bounds: Vec<Arc<str>> = ["0.1", "0.5", "1", "5", "+Inf"].into_iter().map(Arc::from).collect();
    (0..SERIES)
        .map(|at| {
            let labels = Labels::new([
                (Arc::from("__name__"), Arc::from("x_total")),
                (Arc::from("service"), Arc::clone(&services[at % services.len()])),
                (Arc::from("le"), Arc::clone(&bounds[at / services.len() % bounds.len()])),
                (Arc::from("instance"), Arc::from(format!("instance-{at}"))),
            ]);
            // Scrapes of different targets come at different times; a few counters are reset on the way.
            let offset = i64::try_from(at).unwrap_or(0) * 7 % SCRAPE_MS;
            let timestamps: Vec<i64> =
                (0..).map(|n| from_ms + offset + n * SCRAPE_MS).take_while(|t| *t <= to_ms).collect();
            let mut value = 0.0;
            let values = (0..timestamps.len())
                .map(|n| {
                    value = if at % 100 == 0 && n % 700 == 699 {
                        0.0
                    } else {
                        value + f64::from(u8::try_from((at + n) % 7).unwrap_or(0))
                    };
                    value
                })
                .collect();
            Series::floats(labels, timestamps, values)
        })
        .collect()
}

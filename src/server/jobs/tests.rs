//! Jobs by hand.

use std::sync::mpsc;
use std::time::Duration;

use serde_json::json;

use super::*;

fn until(record: &Record, wanted: JobState) {
    for _ in 0..500 {
        if record.status().state == wanted {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{:?} and not {wanted:?}", record.status());
}

#[test]
fn a_job_ends_with_its_result_and_its_trail() {
    let jobs = Arc::new(Jobs::default());
    let id = jobs.start(JobKind::Place, Some("town".into()), |handle| {
        handle.improve(80.0, (100.0, 0.2));
        handle.improve(90.0, (100.0, 0.1));
        Ok(Finished::of(&json!({ "value": 90 })))
    });
    let record = jobs.find(&id.unwrap().to_string()).unwrap();
    until(&record, JobState::Done);
    assert_eq!(record.finished().unwrap().json().unwrap(), b"{\"value\":90}");
    let trail = record.status().trail;
    assert_eq!((trail[0].bound, trail[1].gap), (Some(100.0), Some(0.1)));
}

#[test]
fn a_failed_job_says_why_and_a_panic_ends_only_its_job() {
    let jobs = Arc::new(Jobs::default());
    let failed = jobs.start(JobKind::Open, None, |_| Err("no streets".into())).unwrap();
    let record = jobs.find(&failed.to_string()).unwrap();
    until(&record, JobState::Failed);
    assert_eq!(record.status().problem.as_deref(), Some("no streets"));
    let broken = jobs.start(JobKind::Open, None, |_| panic!("on purpose")).unwrap();
    let record = jobs.find(&broken.to_string()).unwrap();
    until(&record, JobState::Failed);
    let after = jobs.start(JobKind::Open, None, |_| Ok(Finished::default())).unwrap();
    until(&jobs.find(&after.to_string()).unwrap(), JobState::Done);
}

#[test]
fn two_work_at_once_the_rest_waits_and_a_cancelled_one_never_begins() {
    let jobs = Arc::new(Jobs::default());
    let (hold, held) = mpsc::channel::<()>();
    let held = Arc::new(std::sync::Mutex::new(held));
    let blocked = |jobs: &Arc<Jobs>| {
        let held = Arc::clone(&held);
        let id = jobs.start(JobKind::Audit, None, move |_| {
            held.lock().unwrap().recv().map_err(|gone| gone.to_string())?;
            Ok(Finished::default())
        });
        jobs.find(&id.unwrap().to_string()).unwrap()
    };
    let (first, second) = (blocked(&jobs), blocked(&jobs));
    until(&first, JobState::Running);
    until(&second, JobState::Running);
    let (third, fourth) = (blocked(&jobs), blocked(&jobs));
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(third.status().state, JobState::Queued);
    jobs.cancel(&third);
    until(&third, JobState::Cancelled);
    hold.send(()).unwrap();
    hold.send(()).unwrap();
    hold.send(()).unwrap();
    for record in [&first, &second, &fourth] {
        until(record, JobState::Done);
    }
    assert!(third.finished().is_none());
}

#[test]
fn the_best_so_far_of_a_cancelled_job_is_kept() {
    let jobs = Arc::new(Jobs::default());
    let id = jobs.start(JobKind::Place, None, |handle| {
        while !handle.is_cancelled() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(Finished::of(&json!(7)))
    });
    let record = jobs.find(&id.unwrap().to_string()).unwrap();
    until(&record, JobState::Running);
    jobs.cancel(&record);
    until(&record, JobState::Cancelled);
    assert_eq!(record.finished().unwrap().json().unwrap(), b"7");
}

#[test]
fn more_than_may_wait_are_refused() {
    let jobs = Arc::new(Jobs::default());
    let wait = |handle: &JobHandle| {
        while !handle.is_cancelled() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(Finished::default())
    };
    let taken: Vec<_> = (0..200).map(|_| jobs.start(JobKind::Audit, None, wait)).collect();
    assert!(taken.iter().any(Result::is_err));
    for status in jobs.all() {
        jobs.cancel(&jobs.find(&status.id).unwrap());
    }
}

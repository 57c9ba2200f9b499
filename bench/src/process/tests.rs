use super::{cpu_seconds, usage};

#[test]
fn a_name_may_contain_anything() {
    assert_eq!(cpu_seconds("7 (a) b) S 1 7 7 0 -1 4194304 90 0 0 0 250 50 0 0 20 0 4 0 11 0 0"), Some(3.0));
}

#[test]
fn this_process_can_be_read() {
    let usage_here = usage(std::process::id()).unwrap();
    assert!(usage_here.peak_bytes >= usage_here.resident_bytes && usage_here.resident_bytes > 0);
    assert!(usage(u32::MAX).is_err());
}

use datafusion::execution::memory_pool::MemoryConsumer;

use super::*;

fn reservation(pool: &Arc<dyn MemoryPool>) -> MemoryReservation {
    MemoryConsumer::new("sort").register(pool)
}

#[test]
fn queries_share_one_pool_and_each_has_a_bound() {
    let pool = Pool::new(100);
    let one: Arc<dyn MemoryPool> = Arc::new(pool.of_query(60));
    let other: Arc<dyn MemoryPool> = Arc::new(pool.of_query(60));
    let of_one = reservation(&one);
    of_one.try_grow(60).expect("fits");
    let error = of_one.try_grow(1).expect_err("beyond its own bound").to_string();
    assert!(error.contains(ONE_QUERY) && error.contains("60 bytes, reached by sort"), "{error}");
    let of_other = reservation(&other);
    of_other.try_grow(40).expect("fits");
    let error = of_other.try_grow(1).expect_err("the pool is full").to_string();
    assert!(error.contains(ALL_QUERIES) && error.contains("100 bytes"), "{error}");
    // What was refused has taken nothing.
    assert_eq!((one.reserved(), other.reserved(), pool.used()), (60, 40, 100));
    drop(of_one);
    assert_eq!(pool.used(), 40);
    of_other.try_grow(20).expect("there is room again");
    drop(of_other);
    drop((one, other));
    assert_eq!(pool.used(), 0);
}

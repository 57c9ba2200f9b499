use super::*;

const STAGE: Stage = Stage { drawing: (1_000.0, 400.0), screen: (564.0, 600.0) };

/// Where a point of the drawing is seen, in pixels.
fn seen(camera: Camera, point: Point) -> (f64, f64) {
    let x = (point.x - camera.centre.x) * camera.scale + STAGE.screen.0 / 2.0;
    let y = (point.y - camera.centre.y) * camera.scale + STAGE.screen.1 / 2.0;
    (x, y)
}

fn close(a: (f64, f64), b: (f64, f64)) -> bool {
    (a.0 - b.0).hypot(a.1 - b.1) < 1e-6
}

#[test]
fn fitting_shows_every_corner() {
    let camera = Camera::fit(STAGE);
    assert_eq!(camera.scale, 0.5);
    for corner in [(0.0, 0.0), (1_000.0, 400.0)] {
        let (x, y) = seen(camera, Point { x: corner.0, y: corner.1 });
        assert!((0.0..=564.0).contains(&x) && (0.0..=600.0).contains(&y), "{x} {y}");
    }
    let small = Stage { drawing: (10.0, 10.0), ..STAGE };
    assert_eq!(Camera::fit(small).scale, SCALE_FIT_MAX);
}

#[test]
fn zooming_keeps_what_is_under_the_pointer() {
    let camera = Camera::fit(STAGE);
    let point = Point { x: 300.0, y: 150.0 };
    let at = seen(camera, point);
    assert!(close(seen(camera.zoom(STAGE, 2.0, at), point), at));
    assert!(close(seen(camera.zoom(STAGE, 0.9, at), point), at));
    assert_eq!(camera.zoom(STAGE, 1e9, at).scale, SCALE_MAX);
    assert_eq!(camera.zoom(STAGE, 1e-9, at).scale, SCALE_MIN);
}

#[test]
fn dragging_moves_the_paper_with_the_pointer() {
    let camera = Camera::fit(STAGE);
    let point = Point { x: 300.0, y: 150.0 };
    let (x, y) = seen(camera, point);
    assert!(close(seen(camera.pan(STAGE, (30.0, -20.0)), point), (x + 30.0, y - 20.0)));
}

#[test]
fn the_drawing_cannot_be_lost() {
    let far = Camera::fit(STAGE).pan(STAGE, (1e9, -1e9));
    assert!(far.centre.x >= -MARGIN && far.centre.y <= 400.0 + MARGIN);
}

#[test]
fn a_node_is_brought_to_the_middle_and_near() {
    let camera = Camera::fit(STAGE).look_at(STAGE, Point { x: 900.0, y: 10.0 });
    assert!(close(seen(camera, Point { x: 900.0, y: 10.0 }), (282.0, 300.0)));
    assert!(camera.scale >= 0.9);
}

#[test]
fn a_selected_node_is_brought_into_sight_and_one_in_sight_stays() {
    let camera = Camera { centre: Point { x: 200.0, y: 200.0 }, scale: 1.0 };
    let seen_after = |point: Point| seen(camera.in_sight(STAGE, point), point);
    assert!(close(seen_after(Point { x: 900.0, y: 210.0 }), (564.0 - 72.0, 310.0)));
    assert!(close(seen_after(Point { x: 0.0, y: 200.0 }), (82.0, 300.0)));
    assert_eq!(camera.in_sight(STAGE, Point { x: 300.0, y: 250.0 }), camera);
}

#[test]
fn the_view_box_has_the_shape_of_the_screen() {
    let camera = Camera { centre: Point { x: 100.0, y: 50.0 }, scale: 2.0 };
    assert_eq!(camera.view_box(STAGE), "-41.00 -100.00 282.00 300.00");
}

#[test]
fn keys_move_zoom_and_fit() {
    let camera = Camera { centre: Point { x: 500.0, y: 200.0 }, scale: 1.0 };
    assert_eq!(key(camera, STAGE, "ArrowRight").unwrap().centre.x, 560.0);
    assert!(key(camera, STAGE, "+").unwrap().scale > 1.0);
    assert_eq!(key(camera, STAGE, "0"), Some(Camera::fit(STAGE)));
    assert_eq!(key(camera, STAGE, "x"), None);
}

//! Where a pointer is in an element, as fractions of it, and a drag that is told from a click.

use leptos::ev::PointerEvent;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// A pointer that moved less than this many pixels has clicked.
pub(crate) const CLICK_PIXELS: f64 = 4.0;

/// The pointer's place in an element: fractions of its width and height, not held within 0 and 1.
pub(crate) fn fractions(element: &Element, client_x: i32, client_y: i32) -> (f64, f64) {
    let rect = element.get_bounding_client_rect();
    (
        (f64::from(client_x) - rect.left()) / rect.width().max(1.0),
        (f64::from(client_y) - rect.top()) / rect.height().max(1.0),
    )
}

/// The element that an event's listener stands on.
pub(crate) fn current_element(event: &web_sys::Event) -> Option<Element> {
    event.current_target().and_then(|target| target.dyn_into().ok())
}

/// The nearest element around an event's target that a selector names.
pub(crate) fn closest(event: &web_sys::Event, selector: &str) -> Option<Element> {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok())?;
    target.closest(selector).ok().flatten()
}

/// From now on the element gets the pointer's events, wherever the pointer goes.
pub(crate) fn capture(event: &PointerEvent) {
    if let Some(element) = current_element(event) {
        // Refused when the pointer is already up: then there is nothing to capture.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

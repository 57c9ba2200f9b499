//! The stage: the drawing, pan and zoom, hover, find, legend, buttons.

use std::collections::HashMap;
use std::sync::Arc;

use api::service::ServiceGraph;
use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};
use leptos::html;
use leptos::prelude::*;

use super::camera::{self, Camera, Stage};
use super::drawing::{self, Light};
use super::neighbours;
use crate::drag;
use crate::part::{Button, Choice, Combobox, Glyph};

/// Pointers on the stage by id, in pixels; two of them pinch.
type Pointers = HashMap<i32, (f64, f64)>;

#[derive(Clone, Copy)]
struct View {
    stage: Memo<Stage>,
    /// `None`: the first view, whatever the screen's size.
    camera: RwSignal<Option<Camera>>,
    pointers: StoredValue<Pointers>,
    travelled: StoredValue<f64>,
}

impl View {
    fn now(self) -> Camera {
        self.camera.get().unwrap_or_else(|| Camera::first(self.stage.get()))
    }

    fn change(self, change: impl FnOnce(Camera, Stage) -> Camera) {
        let (now, stage) = untrack(|| (self.now(), self.stage.get()));
        self.camera.set(Some(change(now, stage)));
    }

    fn zoom(self, factor: f64) {
        self.change(|camera, stage| camera.zoom(stage, factor, (stage.screen.0 / 2.0, stage.screen.1 / 2.0)));
    }
}

/// The stage.
#[component]
pub(super) fn Canvas(
    graph: Signal<Arc<ServiceGraph>>,
    selected: Memo<Option<String>>,
    select: Callback<Option<String>>,
) -> impl IntoView {
    let area = NodeRef::<html::Div>::new();
    let screen = RwSignal::new((900.0, 600.0));
    let stage =
        Memo::new(move |_| graph.with(|graph| Stage { drawing: (graph.width, graph.height), screen: screen.get() }));
    let view = View {
        stage,
        camera: RwSignal::new(None),
        pointers: StoredValue::new(HashMap::new()),
        travelled: StoredValue::new(0.0),
    };
    let pointed = RwSignal::new(None::<String>);
    let light = Memo::new(move |_| graph.with(|graph| Light::new(graph, pointed.get(), selected.get())));
    measure_when_sizes_change(area, screen, selected);
    keep_selected_in_sight(graph, view, selected);
    let click = move |event: MouseEvent| {
        let id = id_of(&event);
        if view.travelled.get_value() < drag::CLICK_PIXELS && id != selected.get_untracked() {
            select.run(id);
        }
    };
    let keys = move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            if let Some(id) = id_of(&event) {
                event.prevent_default();
                select.run(Some(id));
            }
            return;
        }
        let (now, stage) = untrack(|| (view.now(), stage.get()));
        if let Some(moved) = camera::key(now, stage, &event.key()).filter(|_| !event.ctrl_key() && !event.meta_key()) {
            event.prevent_default();
            view.camera.set(Some(moved));
        }
    };
    view! {
        <div class="map-area" node_ref=area>
            <svg
                class="map-svg" data-testid="map-svg" tabindex="0" role="group"
                aria-label="Service map; arrows move it, plus and minus zoom, 0 fits, Tab goes from node to node"
                viewBox=move || view.now().view_box(stage.get())
                on:wheel=move |event| wheel(view, area, &event) on:keydown=keys on:click=click
                on:pointerdown=move |event| press(view, &event) on:pointermove=move |event| moved(view, area, pointed, &event)
                on:pointerup=move |event| lift(view, &event) on:pointercancel=move |event| lift(view, &event)
                on:pointerleave=move |_| pointed.set(None)
                on:focusin=move |event| pointed.set(id_of(&event)) on:focusout=move |_| pointed.set(None)
            >
                {drawing::markers()}
                {move || draw(&graph.get(), light)}
            </svg>
            <FindNode graph view select />
            <Legend />
            <div class="map-zoom">
                <Button text="Zoom in" icon=Glyph::Add icon_only=true on_click=move |_| view.zoom(1.3) testid="map-zoom-in" />
                <Button text="Zoom out" icon=Glyph::Minus icon_only=true on_click=move |_| view.zoom(0.77) testid="map-zoom-out" />
                <Button text="Fit the screen" icon=Glyph::Fit icon_only=true on_click=move |_| view.change(|_, stage| Camera::fit(stage)) testid="map-fit" />
            </div>
        </div>
    }
}

fn draw(graph: &ServiceGraph, light: Memo<Light>) -> impl IntoView + use<> {
    let highest = graph.edges.iter().map(|edge| edge.rate).fold(0.0, f64::max);
    let edges = graph.edges.iter().map(|edge| drawing::edge(edge, graph, highest, light)).collect_view();
    let nodes = graph.nodes.iter().map(|node| drawing::node(node, light)).collect_view();
    view! { <g>{edges}</g><g>{nodes}</g> }
}

fn measure_when_sizes_change(area: NodeRef<html::Div>, screen: RwSignal<(f64, f64)>, selected: Memo<Option<String>>) {
    let measure = move || {
        // A frame may come when the screen is left already.
        let Some(area) = area.try_get_untracked().flatten() else { return };
        let now = (f64::from(area.client_width()).max(1.0), f64::from(area.client_height()).max(1.0));
        if screen.try_get_untracked().is_some_and(|before| before != now) {
            screen.set(now);
        }
    };
    Effect::new(move |_| {
        area.track();
        selected.track();
        request_animation_frame(measure);
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
}

/// The panel that a selection opens takes a part of the screen, on a phone half of it.
fn keep_selected_in_sight(graph: Signal<Arc<ServiceGraph>>, view: View, selected: Memo<Option<String>>) {
    Effect::new(move |_| {
        view.stage.track();
        let place = selected.get().and_then(|id| graph.with_untracked(|graph| neighbours::place(graph, &id)));
        if let Some(place) = place {
            let (now, stage) = untrack(|| (view.now(), view.stage.get()));
            let moved = now.in_sight(stage, place);
            // The first view is fitted anew when sizes change, unless it was moved.
            if moved != now {
                view.camera.set(Some(moved));
            }
        }
    });
}

fn id_of(event: &web_sys::Event) -> Option<String> {
    drag::closest(event, "[data-id]").and_then(|element| element.get_attribute("data-id"))
}

fn pixels(area: NodeRef<html::Div>, client_x: i32, client_y: i32) -> (f64, f64) {
    area.get_untracked().map_or((0.0, 0.0), |area| {
        let rect = area.get_bounding_client_rect();
        (f64::from(client_x) - rect.left(), f64::from(client_y) - rect.top())
    })
}

fn wheel(view: View, area: NodeRef<html::Div>, event: &WheelEvent) {
    event.prevent_default();
    let at = pixels(area, event.client_x(), event.client_y());
    let factor = (-event.delta_y() * 0.0015).exp().clamp(0.5, 2.0);
    view.change(|camera, stage| camera.zoom(stage, factor, at));
}

fn press(view: View, event: &PointerEvent) {
    if event.button() == 0 {
        view.travelled.set_value(0.0);
        let at = (f64::from(event.client_x()), f64::from(event.client_y()));
        view.pointers.update_value(|pointers| {
            pointers.insert(event.pointer_id(), at);
        });
    }
}

fn lift(view: View, event: &PointerEvent) {
    view.pointers.update_value(|pointers| {
        pointers.remove(&event.pointer_id());
    });
}

fn moved(view: View, area: NodeRef<html::Div>, pointed: RwSignal<Option<String>>, event: &PointerEvent) {
    let now = (f64::from(event.client_x()), f64::from(event.client_y()));
    let before = view.pointers.with_value(Clone::clone);
    let Some(last) = before.get(&event.pointer_id()).copied() else {
        let id = id_of(event);
        if pointed.get_untracked() != id {
            pointed.set(id);
        }
        return;
    };
    let step = (now.0 - last.0, now.1 - last.1);
    view.pointers.update_value(|pointers| {
        pointers.insert(event.pointer_id(), now);
    });
    view.travelled.update_value(|travelled| *travelled += step.0.hypot(step.1));
    if view.travelled.get_value() < drag::CLICK_PIXELS {
        return;
    }
    drag::capture(event);
    match before.iter().find(|(id, _)| **id != event.pointer_id()) {
        None => view.change(|camera, stage| camera.pan(stage, step)),
        Some((_, other)) => {
            let spread = |a: (f64, f64)| (a.0 - other.0).hypot(a.1 - other.1).max(1.0);
            let at = pixels(area, ((now.0 + other.0) / 2.0) as i32, ((now.1 + other.1) / 2.0) as i32);
            view.change(|camera, stage| camera.zoom(stage, spread(now) / spread(last), at));
        }
    }
}

#[component]
fn FindNode(graph: Signal<Arc<ServiceGraph>>, view: View, select: Callback<Option<String>>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let choices = Signal::derive(move || {
        let choice = |node: &api::service::GraphNode| Choice {
            value: node.name.clone(),
            note: drawing::kind_name(node.kind).to_owned(),
        };
        graph.with(|graph| graph.nodes.iter().map(choice).collect::<Vec<_>>())
    });
    let find = Callback::new(move |name: String| {
        let graph = graph.get_untracked();
        if let Some(node) =
            graph.nodes.iter().find(|node| node.name == name).and_then(|node| neighbours::node(&graph, &node.id))
        {
            let (id, position) = (node.id.clone(), node.position);
            view.change(|camera, stage| camera.look_at(stage, position));
            select.run(Some(id));
        }
        typed.set(String::new());
    });
    view! { <div class="map-find"><Combobox value=typed choices on_change=find label="Find a node" placeholder="Find a node" testid="map-find" /></div> }
}

#[component]
fn Legend() -> impl IntoView {
    let class =
        |name: &'static str, text: &'static str| view! { <li><i class=format!("class-mark {name}")></i>{text}</li> };
    view! {
        <ul class="map-legend" data-testid="map-legend" aria-label="Legend">
            {class("ok", "OK")}{class("error", "Error 4xx")}{class("throttle", "Throttle 429")}{class("fault", "Fault 5xx")}
            <li><svg width="22" height="8" aria-hidden="true"><path class="legend-line" d="M1 4h20" /></svg>"call"</li>
            <li><svg width="22" height="8" aria-hidden="true"><path class="legend-line dashed" d="M1 4h20" /></svg>"event"</li>
        </ul>
    }
}

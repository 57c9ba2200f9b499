//! What a keyword is asked about, and what it answers there.

use crate::expression::{Flag, NumberKeyword, Side, TextKeyword};
use crate::trace::{Call, CauseEntity, CauseException, CauseService, Class, End, NodeType, Span, Trace, field};

const NANOS_PER_SECOND: f64 = 1e9;

/// What a keyword is asked about.
#[derive(Clone, Copy)]
pub(super) enum Subject<'t> {
    Trace,
    /// The segment with this head.
    Segment(usize),
    /// The segment of an inferred node: a call of it.
    Outside(&'t Call),
    /// A call.
    Call(&'t Call),
    CauseService(&'t CauseService, Place),
    CauseEntity(&'t CauseEntity, Place),
    CauseException(&'t CauseException, Place),
}

/// The place of an element in its list.
#[derive(Clone, Copy)]
pub(super) struct Place {
    index: usize,
    is_last: bool,
}

impl Place {
    pub(super) fn of_list<T>(list: &[T]) -> impl Iterator<Item = (&T, Self)> {
        let place = |(index, element)| (element, Self { index, is_last: index + 1 == list.len() });
        list.iter().enumerate().map(place)
    }
}

impl Subject<'_> {
    pub(super) fn flag(self, trace: &Trace<'_>, keyword: Flag) -> bool {
        match keyword {
            Flag::Ok => self.class(trace) == Some(Class::Ok),
            Flag::Error => matches!(self.class(trace), Some(Class::Error | Class::Throttle)),
            Flag::Fault => self.class(trace) == Some(Class::Fault),
            Flag::Throttle => match self {
                Self::Trace => trace.spans.iter().any(|span| span.class == Class::Throttle),
                _ => self.class(trace) == Some(Class::Throttle),
            },
            Flag::Partial => match self {
                Self::Trace => trace.is_partial(),
                Self::Segment(head) => {
                    trace.is_orphan(head) || self.spans(trace).iter().any(|at| field::is_in_progress(&trace.spans[*at]))
                }
                _ => self.own_span(trace).is_some_and(field::is_in_progress),
            },
            Flag::Root => match self {
                Self::Trace => trace.root().parent.is_none(),
                Self::Segment(head) => head == trace.root_at() && trace.root().parent.is_none(),
                _ => false,
            },
            Flag::Inferred => matches!(self, Self::CauseService(service, _) if service.inferred),
            Flag::Remote => matches!(self, Self::CauseEntity(entity, _) if entity.remote),
            Flag::First => self.place().is_some_and(|place| place.index == 0),
            Flag::Last => self.place().is_some_and(|place| place.is_last),
        }
    }

    pub(super) fn number(self, trace: &Trace<'_>, keyword: NumberKeyword) -> Option<f64> {
        let seconds = |nanos: i64| nanos as f64 / NANOS_PER_SECOND;
        match keyword {
            NumberKeyword::ResponseTime => match self {
                Self::Outside(call) | Self::Call(call) => Some(seconds(call.time_ns)),
                _ => self.own_span(trace).map(|span| seconds(span.duration_ns)),
            },
            NumberKeyword::Duration => match self {
                Self::Trace => Some(seconds(trace.duration_ns())),
                Self::Segment(head) => {
                    let end = trace.segment(head).iter().map(|at| trace.spans[*at].end_ns()).max()?;
                    Some(seconds(end.saturating_sub(trace.spans[head].start_ns)))
                }
                _ => self.number(trace, NumberKeyword::ResponseTime),
            },
            NumberKeyword::HttpStatus => field::number(self.own_span(trace)?, field::STATUS),
            NumberKeyword::Index => self.place().map(|place| place.index as f64),
            NumberKeyword::Coverage => match self {
                Self::CauseEntity(entity, _) => entity.coverage,
                _ => None,
            },
        }
    }

    /// Whether one of the keyword's texts is as wanted.
    pub(super) fn any_text(self, trace: &Trace<'_>, keyword: TextKeyword, is_wanted: &dyn Fn(&str) -> bool) -> bool {
        let own = |keys: &[&str]| {
            self.own_span(trace).and_then(|span| field::text(span, keys)).is_some_and(|text| is_wanted(&text))
        };
        let any = |keys: &[&str]| {
            let spans = self.spans(trace);
            spans.iter().filter_map(|at| field::text(&trace.spans[*at], keys)).any(|text| is_wanted(&text))
        };
        match keyword {
            TextKeyword::HttpUrl => self.own_span(trace).and_then(field::url).is_some_and(|text| is_wanted(&text)),
            TextKeyword::HttpMethod => own(field::METHOD),
            TextKeyword::HttpUserAgent => own(field::USER_AGENT),
            TextKeyword::HttpClientIp => {
                self.own_span(trace).and_then(field::client_ip).is_some_and(|text| is_wanted(&text))
            }
            TextKeyword::User => any(field::USER),
            TextKeyword::AvailabilityZone => any(field::ZONE),
            TextKeyword::InstanceId => any(field::INSTANCE),
            TextKeyword::ResourceArn => field::ARN.iter().any(|key| any(&[key])),
            TextKeyword::Name => self.any_name(trace, is_wanted),
            TextKeyword::Type => self.any_type(trace, is_wanted),
            TextKeyword::Message => match self {
                Self::CauseException(exception, _) => is_wanted(&exception.message),
                Self::Trace => Self::Segment(trace.head_of(trace.root_at())).any_message(trace, is_wanted),
                _ => self.any_message(trace, is_wanted),
            },
        }
    }

    /// The spans whose annotations are asked for.
    pub(super) fn annotated(self, trace: &Trace<'_>, side: Side) -> Vec<usize> {
        let segment = |at: usize| trace.segment(trace.head_of(at)).to_vec();
        match (side, self) {
            (Side::Own, _) => self.spans(trace),
            (Side::Source, Self::Call(call)) => match call.caller {
                End::Service(at) => segment(at),
                End::Remote(at) => vec![at],
                End::Client => Vec::new(),
            },
            (Side::Destination, Self::Call(call)) => match call.callee {
                End::Service(at) => segment(at),
                End::Remote(at) => vec![at],
                End::Client => Vec::new(),
            },
            (Side::Source | Side::Destination, _) => Vec::new(),
        }
    }

    fn class(self, trace: &Trace<'_>) -> Option<Class> {
        match self {
            Self::Trace => Some(trace.class()),
            _ => self.own_span(trace).map(|span| span.class),
        }
    }

    /// The one span that stands for it.
    fn own_span<'s, 'a>(self, trace: &'s Trace<'a>) -> Option<&'s Span<'a>> {
        match self {
            Self::Trace => Some(trace.root()),
            Self::Segment(head) => Some(&trace.spans[head]),
            Self::Outside(call) | Self::Call(call) => Some(&trace.spans[call.measured]),
            Self::CauseService(..) | Self::CauseEntity(..) | Self::CauseException(..) => None,
        }
    }

    /// All the spans that it has.
    fn spans(self, trace: &Trace<'_>) -> Vec<usize> {
        match self {
            Self::Trace => (0..trace.spans.len()).collect(),
            Self::Segment(head) => trace.segment(head).to_vec(),
            Self::Outside(call) | Self::Call(call) => vec![call.measured],
            Self::CauseService(..) | Self::CauseEntity(..) | Self::CauseException(..) => Vec::new(),
        }
    }

    fn place(self) -> Option<Place> {
        match self {
            Self::CauseService(_, place) | Self::CauseEntity(_, place) | Self::CauseException(_, place) => Some(place),
            _ => None,
        }
    }

    fn any_name(self, trace: &Trace<'_>, is_wanted: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Trace => is_wanted(trace.root().service),
            Self::Segment(head) => is_wanted(trace.spans[head].service),
            Self::Outside(call) => match call.callee {
                End::Remote(at) => trace.remote(at).is_some_and(|remote| is_wanted(&remote.name)),
                End::Service(_) | End::Client => false,
            },
            Self::Call(_) => false,
            Self::CauseService(service, _) => is_wanted(&service.name),
            Self::CauseEntity(entity, _) => is_wanted(&entity.name) || is_wanted(&entity.operation),
            Self::CauseException(exception, _) => is_wanted(&exception.name),
        }
    }

    fn any_type(self, trace: &Trace<'_>, is_wanted: &dyn Fn(&str) -> bool) -> bool {
        let of_service = |at: usize| {
            NodeType::of_service(&trace.spans[at]).is_some_and(|node_type| node_type.names().any(is_wanted))
        };
        match self {
            Self::Trace => of_service(trace.root_at()),
            Self::Segment(head) => of_service(head),
            Self::Outside(call) => match call.callee {
                End::Remote(at) => {
                    trace.remote(at).is_some_and(|remote| NodeType::of_remote(remote).names().any(is_wanted))
                }
                End::Service(_) | End::Client => false,
            },
            Self::CauseService(service, _) => service.types().any(is_wanted),
            Self::Call(_) | Self::CauseEntity(..) | Self::CauseException(..) => false,
        }
    }

    fn any_message(self, trace: &Trace<'_>, is_wanted: &dyn Fn(&str) -> bool) -> bool {
        let spans = self.spans(trace);
        spans.iter().flat_map(|at| &trace.spans[*at].exceptions).any(|exception| is_wanted(&exception.message))
    }
}

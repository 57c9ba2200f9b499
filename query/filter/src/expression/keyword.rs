//! The simple keywords, and where each may stand.

use super::{CauseElement, CauseKind};

/// Keywords that are true or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flag {
    /// Nothing went wrong.
    Ok,
    /// 4xx; 429 is one of them.
    Error,
    /// 429.
    Throttle,
    /// 5xx.
    Fault,
    /// Something did not arrive, or goes on.
    Partial,
    /// It is where the trace begins.
    Root,
    /// The service of a root cause sends no spans itself.
    Inferred,
    /// The element is the first of its list.
    First,
    /// The element is the last of its list.
    Last,
    /// The entity of a root cause is a call of something else.
    Remote,
}

impl Flag {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Ok,
        Self::Error,
        Self::Throttle,
        Self::Fault,
        Self::Partial,
        Self::Root,
        Self::Inferred,
        Self::First,
        Self::Last,
        Self::Remote,
    ];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Throttle => "throttle",
            Self::Fault => "fault",
            Self::Partial => "partial",
            Self::Root => "root",
            Self::Inferred => "inferred",
            Self::First => "first",
            Self::Last => "last",
            Self::Remote => "remote",
        }
    }
}

/// Keywords that are numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberKeyword {
    /// Seconds to the response.
    ResponseTime,
    /// Seconds to the end of all that it began.
    Duration,
    /// The status of the response.
    HttpStatus,
    /// The place of an element in its list, from 0 on.
    Index,
    /// The entity's time as a part of the root's, 0 to 1.
    Coverage,
}

impl NumberKeyword {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::ResponseTime, Self::Duration, Self::HttpStatus, Self::Index, Self::Coverage];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ResponseTime => "responsetime",
            Self::Duration => "duration",
            Self::HttpStatus => "http.status",
            Self::Index => "index",
            Self::Coverage => "coverage",
        }
    }
}

/// Keywords that are text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextKeyword {
    /// The address that was asked for.
    HttpUrl,
    /// `GET`.
    HttpMethod,
    /// What the client says it is.
    HttpUserAgent,
    /// The client's address.
    HttpClientIp,
    /// The user of any segment.
    User,
    /// The name of a service, entity or exception.
    Name,
    /// The type of a service.
    Type,
    /// The message of an exception.
    Message,
    /// The availability zone of any segment.
    AvailabilityZone,
    /// The machine of any segment.
    InstanceId,
    /// The ARN of any segment.
    ResourceArn,
}

impl TextKeyword {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::HttpUrl,
        Self::HttpMethod,
        Self::HttpUserAgent,
        Self::HttpClientIp,
        Self::User,
        Self::Name,
        Self::Type,
        Self::Message,
        Self::AvailabilityZone,
        Self::InstanceId,
        Self::ResourceArn,
    ];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HttpUrl => "http.url",
            Self::HttpMethod => "http.method",
            Self::HttpUserAgent => "http.useragent",
            Self::HttpClientIp => "http.clientip",
            Self::User => "user",
            Self::Name => "name",
            Self::Type => "type",
            Self::Message => "message",
            Self::AvailabilityZone => "availabilityzone",
            Self::InstanceId => "instance.id",
            Self::ResourceArn => "resource.arn",
        }
    }
}

/// A simple keyword of any type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Keyword {
    Flag(Flag),
    Number(NumberKeyword),
    Text(TextKeyword),
}

impl Keyword {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let flags = Flag::ALL.into_iter().map(Self::Flag);
        let numbers = NumberKeyword::ALL.into_iter().map(Self::Number);
        flags.chain(numbers).chain(TextKeyword::ALL.into_iter().map(Self::Text))
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Flag(keyword) => keyword.as_str(),
            Self::Number(keyword) => keyword.as_str(),
            Self::Text(keyword) => keyword.as_str(),
        }
    }

    /// Where it may stand, in words.
    pub(crate) fn places(self) -> &'static str {
        match self {
            Self::Flag(Flag::First | Flag::Last) | Self::Number(NumberKeyword::Index) => "the braces of a root cause",
            Self::Flag(Flag::Inferred) => "the braces of rootcause.….service",
            Self::Flag(Flag::Remote) => "the braces of rootcause.….entity",
            Self::Number(NumberKeyword::Coverage) => "the braces of rootcause.responsetime.entity",
            Self::Text(TextKeyword::Name) => {
                "a trace, the braces of a service and of root causes; an edge names its nodes in edge(…, …)"
            }
            Self::Text(TextKeyword::Type) => {
                "a trace, the braces of service and of rootcause.….service; an edge names its nodes in edge(…, …)"
            }
            Self::Text(TextKeyword::Message) => {
                "a trace, the braces of a service, of an edge and of rootcause.….exception"
            }
            Self::Flag(Flag::Root) => "a trace and the braces of a service",
            _ => "a trace, the braces of a service and of an edge",
        }
    }
}

/// What an expression is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Trace,
    Service,
    Edge,
    Cause(CauseKind, CauseElement),
}

impl Scope {
    /// Whether the keyword may stand here.
    pub(crate) fn has(self, keyword: Keyword) -> bool {
        use CauseElement::{Entity, Exception, Service};
        match (self, keyword) {
            (Self::Cause(..), Keyword::Flag(Flag::First | Flag::Last) | Keyword::Number(NumberKeyword::Index)) => true,
            (Self::Cause(_, element), Keyword::Flag(Flag::Inferred)) => element == Service,
            (Self::Cause(_, element), Keyword::Flag(Flag::Remote)) => element == Entity,
            (Self::Cause(kind, element), Keyword::Number(NumberKeyword::Coverage)) => {
                (kind, element) == (CauseKind::ResponseTime, Entity)
            }
            (Self::Cause(..), Keyword::Text(TextKeyword::Name)) => true,
            (Self::Cause(_, element), Keyword::Text(TextKeyword::Type)) => element == Service,
            (Self::Cause(_, element), Keyword::Text(TextKeyword::Message)) => element == Exception,
            (Self::Cause(..), _) => false,
            (_, Keyword::Flag(Flag::Inferred | Flag::First | Flag::Last | Flag::Remote)) => false,
            (_, Keyword::Number(NumberKeyword::Index | NumberKeyword::Coverage)) => false,
            (Self::Edge, Keyword::Flag(Flag::Root) | Keyword::Text(TextKeyword::Name | TextKeyword::Type)) => false,
            _ => true,
        }
    }

    /// Itself, in words.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Trace => "a trace".to_owned(),
            Self::Service => "the braces of a service".to_owned(),
            Self::Edge => "the braces of an edge".to_owned(),
            Self::Cause(kind, element) => format!("the braces of rootcause.{}.{}", kind.as_str(), element.as_str()),
        }
    }
}
